import { namePattern } from '../../callflow/document/flow-document.ts';
import type { ArgumentKind, Command, Invocation } from '../command.ts';
import { command } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { FlowsConsole } from '../parts/flows-console.ts';
import { plainText } from '../plain-text.ts';
import { table } from '../table.ts';

const offered = (unit: ConsoleUnit): boolean => unit.flows !== null;
const flowsOf = (unit: ConsoleUnit): FlowsConsole => unit.flows as FlowsConsole;
const names = (unit: ConsoleUnit): string[] => (unit.flows === null ? [] : unit.flows.prompts().map(({ name }) => name));

/** Of one that may be new. */
export const promptNameArgument: ArgumentKind = {
  name: 'NAME',
  help: 'the name by which flows play it, Welcome; Welcome.de is heard in its place by those who hear German',
  check: (text) => (namePattern.test(text) ? null : 'a prompt has a name of at most 64 letters, digits, spaces, dots, dashes and underscores'),
  values: names,
};

const promptArgument: ArgumentKind = {
  name: 'PROMPT',
  help: 'a recorded prompt, as show prompts lists them; in quotes if it has a space',
  check: (text, unit) => (names(unit).includes(text) ? null : `there is no recorded prompt ${text}`),
  values: names,
};

/** Recorded prompts of the site; `receive prompt` takes them in. */
export const promptCommands: readonly Command[] = [
  command({ form: 'show prompts', help: 'the recorded prompts of the site, which flows play', offered, run: show }),
  command({ form: 'prompt remove PROMPT', help: 'take a recorded prompt away; flows that play it then skip it', arguments: [promptArgument], changes: true, offered, run: remove }),
];

function show({ unit, print }: Invocation): void {
  const rows = flowsOf(unit).prompts().map(({ name, durationMs }) => [plainText(name), `${(durationMs / 1000).toFixed(1)} s`]);
  table([{ title: 'PROMPT' }, { title: 'LENGTH', right: true }], rows, 'no prompt is recorded').forEach(print);
}

async function remove({ unit, given, print }: Invocation): Promise<void> {
  const name = given['PROMPT'] as string;
  print(plainText((await flowsOf(unit).removePrompt(name)) ? `prompt ${name} is gone` : `there is no recorded prompt ${name}`));
}
