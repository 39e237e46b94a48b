import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { grammar } from '../../../firmware/console/grammar.ts';
import { offeredCommands, parseLine } from '../../../firmware/console/parse-line.ts';
import { HalError } from '../../../hal/errors.ts';
import type { MediumFacts } from '../../../hal/medium.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { ExampleUnit } from './example-unit.ts';

async function typed(line: string, unit = new ExampleUnit()): Promise<string[]> {
  const parsed = parseLine(line, grammar, unit);
  if (parsed.kind !== 'command') return [JSON.stringify(parsed)];
  const lines: string[] = [];
  await parsed.command.run({ unit, given: parsed.given, options: parsed.options, print: (text) => void lines.push(text), signal: new AbortController().signal, session: { monitor: () => false, configure: () => undefined, leaveConfigure: () => undefined, end: () => undefined, raw: () => null, cooked: () => undefined }, clock: new SimClock(), who: 'ada', wait: async () => true });
  return lines;
}

function resettable({ again = true, calls = 0 } = {}): { unit: ExampleUnit; asked: string[] } {
  const unit = new ExampleUnit();
  const asked: string[] = [];
  unit.reset = { unitName: 'lobby', ask: async (cause) => (asked.push(cause), again) };
  if (calls === 0) unit.calls = () => [];
  return { unit, asked };
}

test('show storage tells what is free, what takes it, and what the last start found', async () => {
  assert.equal(await typed('show storage'), [
    'free       1.0 GiB of 4.0 GiB',
    'kept back  32.0 MiB',
    'WHAT       FILES      SIZE',
    'messages       2  96.9 KiB',
    'audit log      1     300 B',
    'fullest mailbox           201, 20 % of its limit',
    'messages at the start     2',
    'delivered as interrupted  1',
    'damaged, set aside        1',
    'indexes rebuilt           0',
    'read again since          40 messages in 2 whole rounds, 1 damaged',
    'damaged cur/a.rec         bad CRC',
  ]);
});

test('show storage tells how worn the medium is, or that it does not tell', async () => {
  const unit = new ExampleUnit();
  const { storage } = unit;
  const told = async (medium: MediumFacts): Promise<string[]> => {
    unit.storage = async () => ({ ...(await storage.call(unit)), medium });
    return (await typed('show storage', unit)).filter((line) => /^(medium|worn|spare)/.test(line));
  };
  assert.equal(await told({ device: 'mmcblk0', kind: 'emmc', wornPercent: 20, spare: 'nearly-gone', readOnly: false }), ['medium        eMMC mmcblk0', 'worn          10 to 20 % of its rated life', 'spare blocks  nearly gone']);
  assert.equal(await told({ device: 'mmcblk1', kind: 'sd', wornPercent: null, spare: null, readOnly: true }), ['medium     SD card mmcblk1, takes no writes', 'worn       it does not tell']);
});

test('factory-reset is not offered where nobody may wipe the unit', () => {
  assert.not(offeredCommands(grammar, new ExampleUnit()).some(({ form }) => form.startsWith('factory')));
});

test('factory-reset wants the name of the unit, and says which that is', async () => {
  const { unit, asked } = resettable();
  assert.match((await typed('factory-reset attic', unit))[0] ?? '', 'this unit is called lobby');
  assert.match((await typed('factory-reset', unit))[0] ?? '', 'UNIT');
  assert.equal(asked, []);
});

test('factory-reset with the name: noted, with who asked, and the unit starts anew', async () => {
  const { unit, asked } = resettable();
  assert.equal(await typed('factory-reset lobby', unit), [
    '2 messages, all greetings, PINs, keys and kept settings are wiped at the next start; the configuration file stays.',
    'The unit starts anew in 5 s.',
  ]);
  assert.equal(asked, ['ada asked for it at the console']);
});

test('factory-reset of a unit that nobody supervises says that a person must start it', async () => {
  const { unit } = resettable({ again: false });
  assert.match((await typed('factory-reset lobby', unit))[1] ?? '', 'stop it and start it');
});

test('calls are up: refused unless they are to be ended', async () => {
  const { unit, asked } = resettable({ calls: 1 });
  assert.equal(await typed('factory-reset lobby', unit), ['1 call is up: wait for the end, or add --now, which ends them']);
  assert.equal(asked, []);
  assert.is((await typed('factory-reset lobby --now', unit)).length, 2);
  assert.is(asked.length, 1);
});

test('the disk refuses the note: nothing is promised', async () => {
  const { unit } = resettable();
  unit.reset = { unitName: 'lobby', ask: () => Promise.reject(new HalError('read-only', 'factory-reset', 'the store is read-only')) };
  assert.is(await typed('factory-reset lobby', unit).catch((error: HalError) => error.id), 'read-only');
});

test.run();
