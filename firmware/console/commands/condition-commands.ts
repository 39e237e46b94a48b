import { mostConditionBytes } from '../../callflow/conditions/condition.ts';
import type { ArgumentKind, Command, Invocation } from '../command.ts';
import { command } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { ConditionsConsole } from '../parts/conditions-console.ts';
import { loadPasted } from '../load-pasted.ts';
import { plainText } from '../plain-text.ts';
import { table } from '../table.ts';

const offered = (unit: ConsoleUnit): boolean => unit.conditions !== null;
const conditionsOf = (unit: ConsoleUnit): ConditionsConsole => unit.conditions as ConditionsConsole;
const names = (unit: ConsoleUnit): string[] => conditionsOf(unit).list().map(({ name }) => name);

const conditionArgument: ArgumentKind = {
  name: 'CONDITION',
  help: 'a condition, as show conditions lists them; in quotes if it has a space',
  check: (text, unit) => (names(unit).includes(text) ? null : `there is no condition ${text}`),
  values: names,
};

const timeArgument: ArgumentKind = {
  name: 'TIME',
  help: "a time in the unit's time zone: 2026-12-24T18:00; without it, now",
  check: (text) => (/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$/.test(text) ? null : 'a time is written as 2026-12-24T18:00'),
};

/** Named conditions of call flows. */
export const conditionCommands: readonly Command[] = [
  command({ form: 'show conditions', help: 'the conditions of call flows, and whether they hold now', offered, run: ({ unit, print }) => table([{ title: 'CONDITION' }, { title: 'NOW' }, { title: 'ABOUT' }], conditionsOf(unit).list().map(({ name, holds, about }) => [name, holds === null ? '-' : says(holds), plainText(about)]), 'there are no conditions').forEach(print) }),
  command({ form: 'condition text CONDITION', help: 'the document of a condition, as it can be loaded', arguments: [conditionArgument], offered, run: ({ unit, given, print }) => conditionsOf(unit).text(given['CONDITION'] as string).split('\n').forEach((line) => print(plainText(line))) }),
  command({ form: 'condition test CONDITION [TIME]', help: 'whether a condition holds, outside any call', arguments: [conditionArgument, timeArgument], offered, run: test }),
  command({ form: 'condition load', help: 'store a condition: paste its document, then a line with a single dot', changes: true, offered, run: load }),
  command({ form: 'condition remove CONDITION', help: 'take a condition away; what asks for it then finds that it does not hold', arguments: [conditionArgument], changes: true, offered, run: remove }),
];

const says = (holds: boolean): string => (holds ? 'holds' : 'does not hold');

function test({ unit, given, print }: Invocation): void {
  const [name, at = null] = [given['CONDITION'] as string, given['TIME']];
  const holds = conditionsOf(unit).test(name, at);
  print(holds === null ? `there is no such time as ${at ?? ''}` : plainText(`${name} ${says(holds)}${at === null ? '' : ` at ${at}`}`));
}

function load(invocation: Invocation): Promise<void> {
  return loadPasted(invocation, { what: 'condition', mostBytes: mostConditionBytes, instead: 'use another terminal', put: (text) => conditionsOf(invocation.unit).put(text) });
}

async function remove({ unit, given, print }: Invocation): Promise<void> {
  const name = given['CONDITION'] as string;
  print(plainText((await conditionsOf(unit).remove(name)) ? `condition ${name} is gone` : `there is no condition ${name}`));
}
