import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { grammar } from '../../../firmware/console/grammar.ts';
import { offeredCommands, parseLine } from '../../../firmware/console/parse-line.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { ExampleUnit } from './example-unit.ts';

async function typed(line: string, unit = new ExampleUnit()): Promise<string[]> {
  const parsed = parseLine(line, grammar, unit);
  if (parsed.kind !== 'command') throw new Error(JSON.stringify(parsed));
  const lines: string[] = [];
  await parsed.command.run({ unit, given: parsed.given, options: new Map(), print: (text) => void lines.push(text), signal: new AbortController().signal, session: { monitor: () => false, configure: () => undefined, leaveConfigure: () => undefined, end: () => undefined, raw: () => null, cooked: () => undefined }, clock: new SimClock(), who: 'test', wait: async () => true });
  return lines;
}

test('show health tells each check, what follows, and what was done', async () => {
  assert.equal(await typed('show health'), [
    'CHECK  STATE  SINCE  THAT                        NEXT',
    'disk   well    1:01  there is room for messages',
    'sip    sick    0:04  SIP is answered             the partner is asked to serve',
    '',
    'watchdog systemd: fed',
    '',
    'sip: no answer',
    '  0:03 ago reopen-sip: no answer?[2J',
  ]);
});

test('faults are offered where the board simulates them, and nowhere else', async () => {
  const unit = new ExampleUnit();
  const forms = (): string[] => offeredCommands(grammar, unit).map(({ form }) => form);
  assert.not(forms().some((form) => form.includes('fault')));
  const set: string[] = [];
  unit.faults = { list: () => [{ name: 'store', about: 'the disk takes no writes', on: set.length > 0 }], set: (name, on) => void set.push(`${name} ${on}`) };
  assert.ok(forms().includes('fault FAULT ON'));
  assert.equal(await typed('fault store on', unit), ['store is on']);
  assert.equal(set, ['store true']);
  assert.equal(await typed('show faults', unit), ['FAULT  STATE  WHAT', 'store  on     the disk takes no writes']);
  assert.match(JSON.stringify(parseLine('fault disk on', grammar, unit)), 'there is no fault disk to simulate');
  assert.match(JSON.stringify(parseLine('fault store maybe', grammar, unit)), 'it is on or off');
});

test('pins: listed, tested, and driven where they are simulated', async () => {
  const unit = new ExampleUnit();
  assert.equal(await typed('show gpio', unit), ['this board has no pins, or they cannot be had: see the log']);
  assert.not(offeredCommands(grammar, unit).some(({ form }) => form.startsWith('gpio')));
  const driven: string[] = [];
  const rows = [
    { use: 'status-led', direction: 'out', asserted: true, says: 'on' },
    { use: 'reset-button', direction: 'in', asserted: false, says: 'pressed' },
  ] as const;
  unit.pins = { rows: () => rows, test: (use) => `${use} blinks`, drive: null };
  assert.equal(await typed('show gpio', unit), ['PIN           WAY  ASSERTED  PLAYS, OR MEANS', 'status-led    out  yes       on', 'reset-button  in   no        pressed']);
  assert.equal(await typed('gpio test status-led', unit), ['status-led blinks']);
  assert.match(JSON.stringify(parseLine('gpio test door-relay', grammar, unit)), 'this board has no pin door-relay');
  assert.not(offeredCommands(grammar, unit).some(({ form }) => form.startsWith('gpio drive')));
  unit.pins = { ...unit.pins, drive: (use, asserted) => void driven.push(`${use} ${asserted}`) };
  assert.equal(await typed('gpio drive reset-button on', unit), ['reset-button is on']);
  assert.match(JSON.stringify(parseLine('gpio drive status-led on', grammar, unit)), 'this board has no input status-led');
  assert.equal(driven, ['reset-button true']);
});

test.run();
