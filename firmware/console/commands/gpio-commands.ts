import type { PinUse } from '../../signals/pin-uses.ts';
import { switchArgument } from '../argument-kinds.ts';
import type { ArgumentKind, Command } from '../command.ts';
import { command } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { PinsConsole } from '../parts/pins-console.ts';
import { table } from '../table.ts';

const uses = (unit: ConsoleUnit): PinUse[] => (unit.pins?.rows() ?? []).map(({ use }) => use);
const inputs = (unit: ConsoleUnit): PinUse[] => (unit.pins?.rows() ?? []).filter(({ direction }) => direction === 'in').map(({ use }) => use);

const pinArgument: ArgumentKind = {
  name: 'PIN',
  help: 'a pin, as show gpio lists them',
  check: (text, unit) => (uses(unit).some((use) => use === text) ? null : `this board has no pin ${text}`),
  values: uses,
};

const inputArgument: ArgumentKind = {
  name: 'INPUT',
  help: 'an input, as show gpio lists them',
  check: (text, unit) => (inputs(unit).some((use) => use === text) ? null : `this board has no input ${text}`),
  values: inputs,
};

const columns = [{ title: 'PIN' }, { title: 'WAY' }, { title: 'ASSERTED' }, { title: 'PLAYS, OR MEANS' }];

/** Lamps, buttons, contacts and relays. */
export const gpioCommands: readonly Command[] = [
  command({
    form: 'show gpio',
    help: 'lamps, buttons, contacts and relays of this board',
    run({ unit, print }) {
      const rows = (unit.pins?.rows() ?? []).map(({ use, direction, asserted, says }) => [use, direction, asserted ? 'yes' : 'no', says]);
      table(columns, rows, 'this board has no pins, or they cannot be had: see the log').forEach(print);
    },
  }),
  command({
    form: 'gpio test PIN',
    help: 'blink a lamp, or hold a relay, for 3 s',
    arguments: [pinArgument],
    changes: true,
    offered: hasPins,
    run: ({ unit, given, print }) => print((unit.pins as PinsConsole).test(given['PIN'] as PinUse)),
  }),
  command({
    form: 'gpio drive INPUT ON',
    help: 'press a button or close a contact of the simulated board',
    arguments: [inputArgument, switchArgument],
    changes: true,
    offered: (unit) => (unit.pins?.drive ?? null) !== null,
    run({ unit, given, print }) {
      unit.pins?.drive?.(given['INPUT'] as PinUse, given['ON'] === 'on');
      print(`${given['INPUT']} is ${given['ON']}`);
    },
  }),
];

function hasPins(unit: ConsoleUnit): boolean {
  return unit.pins !== null;
}
