import { switchArgument } from '../argument-kinds.ts';
import type { ArgumentKind } from '../command.ts';
import { command } from '../command.ts';
import type { Command } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import { table } from '../table.ts';

const names = (unit: ConsoleUnit): string[] => (unit.faults?.list() ?? []).map(({ name }) => name);
const offered = (unit: ConsoleUnit): boolean => unit.faults !== null;

const faultArgument: ArgumentKind = {
  name: 'FAULT',
  help: 'a fault, as show faults lists them',
  check: (text, unit) => (names(unit).includes(text) ? null : `there is no fault ${text} to simulate`),
  values: names,
};

/** Faults of the simulated board, so that a person can see what the unit does about them. */
export const faultCommands: readonly Command[] = [
  command({
    form: 'show faults',
    help: 'faults that this board can simulate',
    offered,
    run: ({ unit, print }) => table([{ title: 'FAULT' }, { title: 'STATE' }, { title: 'WHAT' }], (unit.faults?.list() ?? []).map(({ name, about, on }) => [name, on ? 'on' : 'off', about]), 'none').forEach(print),
  }),
  command({
    form: 'fault FAULT ON',
    help: 'simulate a fault, or end it; show health tells what the unit does about it',
    arguments: [faultArgument, switchArgument],
    changes: true,
    offered,
    run({ unit, given, print }) {
      const name = given['FAULT'] ?? '';
      unit.faults?.set(name, given['ON'] === 'on');
      print(`${name} is ${given['ON'] ?? ''}`);
    },
  }),
];
