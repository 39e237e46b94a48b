import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { grammar } from '../../../firmware/console/grammar.ts';
import { parseLine } from '../../../firmware/console/parse-line.ts';
import { pastedText } from '../../../firmware/console/pasted-text.ts';
import type { RawChannel } from '../../../firmware/console/zmodem/raw-channel.ts';
import type { FlowDesk } from '../../../firmware/flows/flow-desk.ts';
import type { WholeUnit } from '../../../firmware/unit/whole-unit.ts';
import { flowsConsole } from '../../../firmware/unit/flows-console.ts';
import { SimClock, settle } from '../../../hal/sim/sim-clock.ts';
import { simFlowDesk } from '../../support/sim-flow-desk.ts';
import { testSettings } from '../../support/sim-unit.ts';
import { ExampleUnit } from './example-unit.ts';

const office = JSON.stringify({ form: 1, name: 'Small office', starts: [{ scope: 'short code', number: '*80' }], first: 'a', actions: { a: { action: 'Generic', prompts: [{ speak: 'Hi.' }] } } });

class Channel implements RawChannel {
  shown = '';
  readonly waitingBytes = 0;
  received: ((bytes: Uint8Array) => void) | null = null;
  closed: (() => void) | null = null;

  write(bytes: Uint8Array): boolean {
    this.shown += Buffer.from(bytes).toString('latin1');
    return true;
  }

  drop(): void {}
}

async function world(): Promise<{ type: (line: string, paste?: string) => Promise<string>; channel: Channel; flows: FlowDesk }> {
  const flows = await simFlowDesk();
  const unit = new ExampleUnit();
  unit.flows = flowsConsole({ flows, settings: testSettings() } as unknown as WholeUnit);
  const clock = new SimClock();
  const channel = new Channel();
  const session = { monitor: () => false, configure: () => undefined, leaveConfigure: () => undefined, end: () => undefined, raw: () => channel, cooked: () => undefined };
  const type = async (line: string, paste = ''): Promise<string> => {
    const parsed = parseLine(line, grammar, unit);
    if (parsed.kind !== 'command') return JSON.stringify(parsed);
    const lines: string[] = [];
    const ran = Promise.resolve(parsed.command.run({ unit, given: parsed.given, options: parsed.options, print: (text) => void lines.push(text), signal: new AbortController().signal, session, clock, who: 'ada', wait: async () => true }));
    for (const part of paste.match(/[\s\S]{1,7}/g) ?? []) channel.received?.(Buffer.from(part));
    await ran;
    return lines.join('\n');
  };
  return { type, channel, flows };
}

test('a flow that is pasted is stored, shown, checked and removed', async () => {
  const { type } = await world();
  assert.match(await type('show flows'), 'there are no call flows');
  assert.match(await type('flow load', `${office}\r\n.\r\n`), 'flow Small office is stored');
  assert.match(await type('show flows'), /Small office +1 +short code \*80/);
  assert.match(await type('flow show "Small office"'), 'says "Hi."');
  assert.is(await type('flow text "Small office"'), `${office}\n`);
  assert.match(await type('flow check "Small office"'), 'result Next leads nowhere');
  assert.match(await type('flow remove "Small office"'), 'is gone');
  assert.match(await type('flow show "Small office"'), 'there is no flow Small office');
});

test('a flow with faults is not stored, and each is told', async () => {
  const { type } = await world();
  const told = await type('flow load', `${office.replace('Generic', 'Genric')}\n.\n`);
  assert.match(told, "/actions/a/action: there is no action 'Genric'; did you mean 'Generic'?");
  assert.match(told, 'nothing was stored');
});

test('pasting ends by Ctrl-C, by silence and by its size; nothing pasted moves the cursor', async () => {
  const clock = new SimClock();
  const pasted = (channel: Channel): ReturnType<typeof pastedText> => pastedText({ clock, channel, signal: new AbortController().signal }, 20);
  const [stopped, silent, large, dots] = [new Channel(), new Channel(), new Channel(), new Channel()];
  const ends = [stopped, silent, large, dots].map(pasted);
  stopped.received?.(Buffer.from('abc\x1b[2J\x03'));
  large.received?.(Buffer.from('x'.repeat(30)));
  dots.received?.(Buffer.from('a\n..\n.'));
  dots.received?.(Buffer.from('\n'));
  await clock.advance(121_000);
  await settle();
  assert.equal(await Promise.all(ends), ['stopped', 'stopped', 'too-large', { text: 'a\n..\n' }]);
  assert.is(stopped.shown, 'abc[2J\r\n');
  assert.equal(clock.pending(), []);
});

test('user variables are set, listed and taken away', async () => {
  const { type } = await world();
  assert.is(await type('variable set open yes'), 'it is set');
  assert.match(await type('show variables'), /open +yes/);
  assert.is(await type('variable set open ""'), 'it is gone');
  assert.match(await type('variable set 1x y'), 'letters, digits and underscores');
});

test('recorded prompts are listed with their length, known to flow check, and taken away', async () => {
  const { type, flows } = await world();
  assert.match(await type('show prompts'), 'no prompt is recorded');
  await type('flow load', `${office.replace('{"speak":"Hi."}', '"Welcome"')}\n.\n`);
  assert.match(await type('flow check "Small office"'), "there is no recorded prompt 'Welcome'");
  await flows.prompts.put('Welcome', 'PCMU', 8000, (async function* () { yield new Uint8Array(8000); })());
  assert.match(await type('show prompts'), /Welcome +1\.0 s/);
  assert.not.match(await type('flow check "Small office"'), 'no recorded prompt');
  assert.is(await type('prompt remove Welcome'), 'prompt Welcome is gone');
  assert.match(await type('prompt remove Welcome'), 'there is no recorded prompt Welcome');
});

test.run();
