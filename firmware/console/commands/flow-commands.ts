import { mostFlowBytes } from '../../callflow/document/flow-document.ts';
import { userVariablePattern } from '../../callflow/variables/variables.ts';
import type { ArgumentKind, Command, Invocation } from '../command.ts';
import { command } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { FlowsConsole } from '../parts/flows-console.ts';
import { loadPasted } from '../load-pasted.ts';
import { plainText } from '../plain-text.ts';
import { table } from '../table.ts';

const offered = (unit: ConsoleUnit): boolean => unit.flows !== null;
const flowsOf = (unit: ConsoleUnit): FlowsConsole => unit.flows as FlowsConsole;
const names = (unit: ConsoleUnit): string[] => flowsOf(unit).list().map(({ name }) => name);

const flowArgument: ArgumentKind = {
  name: 'NAME',
  help: 'a call flow, as show flows lists them; in quotes if it has a space',
  check: (text, unit) => (names(unit).includes(text) ? null : `there is no flow ${text}`),
  values: names,
};

const variableArgument: ArgumentKind = {
  name: 'VARIABLE',
  help: 'a user variable: $REG[NAME] in flows',
  check: (text) => (userVariablePattern.test(text) ? null : 'a variable has a name of at most 32 letters, digits and underscores'),
  values: (unit) => Object.keys(flowsOf(unit).variables()),
};

const valueArgument: ArgumentKind = { name: 'VALUE', help: 'what flows find in it; "" removes it', check: (text) => (text.length <= 512 ? null : 'a value has at most 512 characters') };

/** Call flows of the site, and the variables that they share. */
export const flowCommands: readonly Command[] = [
  command({ form: 'show flows', help: 'the call flows of the site, and where they begin', offered, run: ({ unit, print }) => table([{ title: 'FLOW' }, { title: 'ACTIONS', right: true }, { title: 'BEGINS' }], flowsOf(unit).list().map(({ name, actions, starts }) => [name, actions ?? '-', starts]), 'there are no call flows').forEach(print) }),
  command({ form: 'flow show NAME', help: 'a call flow as a text to read', arguments: [flowArgument], offered, run: ({ unit, given, print }) => flowsOf(unit).outline(given['NAME'] as string).forEach((line) => print(plainText(line))) }),
  command({ form: 'flow text NAME', help: 'the document of a call flow, as it can be loaded', arguments: [flowArgument], offered, run: ({ unit, given, print }) => flowsOf(unit).text(given['NAME'] as string).split('\n').forEach((line) => print(plainText(line))) }),
  command({ form: 'flow check NAME', help: 'what is wrong with a call flow, and what it leads to that is not there', arguments: [flowArgument], offered, run: check }),
  command({ form: 'flow load', help: 'store a call flow: paste its document, then a line with a single dot', changes: true, offered, run: load }),
  command({ form: 'flow remove NAME', help: 'take a call flow away; calls that it serves go on', arguments: [flowArgument], changes: true, offered, run: remove }),
  command({ form: 'show variables', help: 'the user variables, which all calls share', offered, run: ({ unit, print }) => table([{ title: 'VARIABLE' }, { title: 'VALUE' }], Object.entries(flowsOf(unit).variables()), 'no user variable is set').forEach(print) }),
  command({ form: 'variable set VARIABLE VALUE', help: 'set a user variable', arguments: [variableArgument, valueArgument], changes: true, offered, run: setVariable }),
];

function check({ unit, given, print }: Invocation): void {
  const found = flowsOf(unit).check(given['NAME'] as string);
  if (found.length === 0) print('nothing is wrong with it');
  for (const { place, text } of found) print(plainText(`${place === '' ? '' : `${place}: `}${text}`));
}

function load(invocation: Invocation): Promise<void> {
  return loadPasted(invocation, { what: 'flow', mostBytes: mostFlowBytes, instead: 'use understudy flow put while the unit does not run, or another terminal', put: (text) => flowsOf(invocation.unit).put(text) });
}

async function remove({ unit, given, print }: Invocation): Promise<void> {
  const name = given['NAME'] as string;
  print(plainText((await flowsOf(unit).remove(name)) ? `flow ${name} is gone` : `there is no flow ${name}`));
}

async function setVariable({ unit, given, print }: Invocation): Promise<void> {
  await flowsOf(unit).setVariable(given['VARIABLE'] as string, given['VALUE'] as string);
  print(given['VALUE'] === '' ? 'it is gone' : 'it is set');
}
