import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { grammar } from '../../../firmware/console/grammar.ts';
import { offeredCommands, parseLine } from '../../../firmware/console/parse-line.ts';
import type { LineCall } from '../../../firmware/console/parts/far-ends-console.ts';
import type { LinesConsole } from '../../../firmware/console/parts/lines-console.ts';
import type { LineTest, LineTestResult } from '../../../firmware/media/media-protocol.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { ExampleUnit } from './example-unit.ts';

const counts = { offered: 3, answered: 2, gaveUp: 1, placed: 4, callsFailed: 2, glare: 1, disconnects: { loop: 1, battery: 0, polarity: 0, report: 0, tone: 1, silence: 0 }, alarms: 1, losses: 2, underrun: 160, overrun: 0 };

/** A unit with a trunk in a call and a telephone whose device is gone. */
function withLines(result: LineTestResult | string = 'no result came'): ExampleUnit & { readonly asked: string[] } {
  const asked: string[] = [];
  const lines: LinesConsole = {
    rows: () => [
      { name: 't1', kind: 'trunk', device: 'dahdi:1', state: 'talking', call: 'l7', alarm: null, counts },
      { name: 'p1', kind: 'phone', device: 'port-2', state: 'closed', call: null, alarm: 'Line p1 is not there: \x1b[2Jgone', counts: { ...counts, offered: 0, placed: 0 } },
    ],
    test: async (name: string, { kind, ms }: LineTest) => {
      asked.push(`${name} ${kind} ${ms}`);
      if (typeof result === 'string') throw new Error(result);
      return result;
    },
    reset: (name: string) => asked.push(`reset ${name}`) > 0,
  };
  return Object.assign(new ExampleUnit(), { lines, asked });
}

async function typed(line: string, unit: ExampleUnit): Promise<string[]> {
  const parsed = parseLine(line, grammar, unit);
  if (parsed.kind !== 'command') throw new Error(JSON.stringify(parsed));
  const lines: string[] = [];
  await parsed.command.run({ unit, given: parsed.given, options: parsed.options, print: (text) => void lines.push(text), signal: new AbortController().signal, session: { monitor: () => false, configure: () => undefined, leaveConfigure: () => undefined, end: () => undefined, raw: () => null, cooked: () => undefined }, clock: new SimClock(), who: 'test', wait: async () => true });
  return lines;
}

test('show lines has a row for each, and text from a driver cannot move the cursor', async () => {
  assert.equal(await typed('show lines', withLines()), [
    'LINE  KIND   DEVICE   STATE    CALL  CALLS IN  OUT  ALARM',
    't1    trunk  dahdi:1  talking  l7           3    4',
    'p1    phone  port-2   closed   -            0    0  Line p1 is not there: ?[2Jgone',
  ]);
  assert.equal(await typed('show lines', new ExampleUnit()), ['no lines']);
});

test('show line tells all counters of one', async () => {
  const lines = await typed('show line t1', withLines());
  assert.ok(lines.includes('calls in         3, 2 answered, 1 given up by the caller'), lines.join('\n'));
  assert.ok(lines.includes('far end gone by  loop 1, battery 0, polarity 0, report 0, tone 1, silence 0'));
});

test('line test tells the result in words, and why there is none', async () => {
  const results: readonly (readonly [string, LineTestResult | string, string])[] = [
    ['tone 3', { kind: 'tone', sentMs: 3000 }, 'sent 1004 Hz at 0 dBm0 for 3.0 s'],
    ['level', { kind: 'level', averageDbm0: -61.23, peakDbm0: -50 }, 'heard -61.2 dBm0 on average, -50.0 at the most'],
    ['loop', { kind: 'loop', delayMs: 41.7, lossDb: 12.25 }, 'the tone came back after 42 ms with 12.3 dB loss'],
    ['loop', { kind: 'loop', delayMs: null, lossDb: null }, 'nothing of the tone came back'],
    ['loop', 'line t1 is talking', 'no result: line t1 is talking'],
  ];
  for (const [words, result, text] of results) assert.equal(await typed(`line test t1 ${words}`, withLines(result)), [text]);
  const unit = withLines();
  await typed('line test t1 level', unit);
  await typed('line reset p1', unit);
  assert.equal(unit.asked, ['t1 level 5000', 'reset p1']);
});

test('what is wrong with a command is said: the line, the test, the time', () => {
  const unit = withLines();
  assert.match(JSON.stringify(parseLine('line test t9 tone', grammar, unit)), 'there is no line t9');
  assert.match(JSON.stringify(parseLine('line test t1 ton', grammar, unit)), 'a test is one of tone, level, loop');
  for (const seconds of ['0', '61', 'x']) assert.match(JSON.stringify(parseLine(`line test t1 tone ${seconds}`, grammar, unit)), 'a test lasts 1 to 60 seconds');
});

test('far ends are moved where lines are simulated, and nowhere else', async () => {
  const unit = withLines();
  const forms = (): string[] => offeredCommands(grammar, unit).map(({ form }) => form);
  assert.not(forms().some((form) => form.startsWith('phone') || form === 'line ring TRUNK'));
  const done: string[] = [];
  let call: LineCall | null = null;
  unit.farEnds = {
    lines: () => [{ name: 't1', kind: 'trunk' }, { name: 'p1', kind: 'phone' }],
    ring: async (wanted, tell) => {
      call = wanted;
      tell('answered');
      return 'the test call is done';
    },
    act: (line, act) => void done.push(`${line} ${act}`),
    keys: (line, keys) => void done.push(`${line} ${keys}`),
  };
  assert.equal(await typed('line ring t1 --from 0301 --say "Good morning" --keys "w2 1#"', unit), ['answered', 'ended: the test call is done']);
  assert.equal(call, { line: 't1', callerId: { number: '0301', name: '', absent: null }, speech: { kind: 'say', text: 'Good morning' }, steps: [{ kind: 'speak' }, { kind: 'wait', ms: 2000 }, { kind: 'digits', digits: '1#' }] });
  for (const words of ['phone lift p1', 'phone keys p1 *17', 'phone flash p1', 'phone down p1', 'line fault t1 unplug']) await typed(words, unit);
  assert.equal(done, ['p1 lift', 'p1 *17', 'p1 flash', 'p1 down', 't1 unplug']);
  assert.match(JSON.stringify(parseLine('phone lift t1', grammar, unit)), 'there is no simulated phone t1');
  assert.match(JSON.stringify(parseLine('line fault t1 burn', grammar, unit)), 'it is one of unplug, plug, no-battery, battery');
});

test.run();
