import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlayWish } from '../../../firmware/calls/play-at.ts';
import type { TestCallEnd } from '../../../firmware/console/parts/test-phone.ts';
import { grammar } from '../../../firmware/console/grammar.ts';
import { offeredCommands, parseLine } from '../../../firmware/console/parse-line.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { ExampleUnit } from './example-unit.ts';

const heard: TestCallEnd = { answered: true, text: 'all was played', durationMs: 10_640, stats: null };

function world(end: TestCallEnd = heard): { unit: ExampleUnit; wishes: PlayWish[]; type: (line: string) => Promise<string> } {
  const unit = new ExampleUnit();
  const wishes: PlayWish[] = [];
  unit.playing = {
    async play(wish, tell) {
      wishes.push(wish);
      tell('rings\x1b[2J');
      return end;
    },
  };
  const session = { monitor: () => false, configure: () => undefined, leaveConfigure: () => undefined, end: () => undefined, raw: () => null, cooked: () => undefined };
  const type = async (line: string): Promise<string> => {
    const parsed = parseLine(line, grammar, unit);
    if (parsed.kind !== 'command') return JSON.stringify(parsed);
    const lines: string[] = [];
    await parsed.command.run({ unit, given: parsed.given, options: parsed.options, print: (text) => void lines.push(text), signal: new AbortController().signal, session, clock: new SimClock(), who: 'ada', wait: async () => true });
    return lines.join('\n');
  };
  return { unit, wishes, type };
}

test('each kind of thing is played where it is wanted', async () => {
  const { wishes, type } = world();
  assert.match(await type('play tone at 4711'), 'ended after 10.6 s: all was played');
  await type('play prompt goodbye at *98 --via local');
  await type('play greeting 201 at 4711');
  await type('play message 201 89ab at 4711');
  assert.equal(wishes.map(({ what, extension, via }) => [what.kind, extension, via]), [['tone', '4711', null], ['prompt', '*98', 'local'], ['greeting', '4711', null], ['message', '4711', null]]);
  const last = wishes[3]?.what;
  assert.is(last?.kind === 'message' ? last.id : '', '019b8d2e-4400-7abc-8def-0123456789ab', 'the whole id');
});

test('what the other side says cannot move the cursor; who does not answer is told', async () => {
  const { type } = world({ answered: false, text: '486 Busy\x1b[H', durationMs: 0, stats: null });
  const told = await type('play tone at 4711');
  assert.match(told, 'not answered: 486 Busy');
  assert.not(told.includes('\x1b'));
});

test('unknown prompts, mailboxes, messages and peers never reach the unit', async () => {
  const { wishes, type } = world();
  assert.match(await type('play prompt farewell at 4711'), 'there is no prompt farewell');
  assert.match(await type('play greeting 299 at 4711'), 'there is no mailbox 299');
  assert.match(await type('play message 201 ffff at 4711'), 'there is no message ffff');
  assert.match(await type('play tone at 4711 --via pbx-b'), 'pbx-b is no peer with a host to call');
  assert.match(await type('play tone at "4711@evil"'), 'a number has 1 to 32 letters');
  assert.equal(wishes, []);
});

test('a unit that cannot call has no such command', () => {
  assert.not(offeredCommands(grammar, new ExampleUnit()).some(({ form }) => form.startsWith('play')));
});

test.run();
