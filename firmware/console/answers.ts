import type { ArgumentKind, Command } from './command.ts';
import type { Expected } from './expected.ts';
import { prompt, showsWhole } from './line-view.ts';
import type { LineFault } from './match.ts';
import { plainText, textColumns } from './plain-text.ts';
import { pairs } from './table.ts';

const mostValuesShown = 20;

/** What the console says about a line it cannot do: a mark under the word where the line shows whole, and what is accepted. */
export function faultLines(line: string, fault: LineFault, columns: number): string[] {
  const column = textColumns(prompt) + textColumns(line.slice(0, fault.start));
  const mark = showsWhole(line, columns) ? [`${' '.repeat(column)}^`] : [];
  const accepted = fault.accepted.length === 0 ? [] : [`accepted here: ${fault.accepted.join(', ')}`];
  return [...mark, plainText(fault.message), ...accepted];
}

/** What `?` answers. */
export function helpLines(expected: readonly Expected[]): string[] {
  if (expected.length === 0) return ['nothing is expected here'];
  const entries = expected.map(({ text, help, values }) => [`  ${text}`, `${help}${valueList(text, values)}`] as const);
  return pairs(entries);
}

function valueList(text: string, values: readonly string[]): string {
  if (values.length === 0 || values[0] === text) return '';
  const more = values.length > mostValuesShown ? ', ...' : '';
  return ` (${values.slice(0, mostValuesShown).join(', ')}${more})`;
}

/** A command as the log keeps it: whole words, no PINs and no codes. */
export function loggedCommand(command: Command, given: Readonly<Record<string, string>>, options: ReadonlyMap<string, string>): string {
  const words = command.elements.map((element) => (element.kind === 'word' ? element.word : loggedArgument(element.argument, given))).filter((word) => word !== undefined);
  const rest = command.options.filter((option) => options.has(option.name)).map((option) => {
    if (option.value === null) return `--${option.name}`;
    return `--${option.name} ${option.secret === true ? '(not shown)' : JSON.stringify(options.get(option.name))}`;
  });
  return [...words, ...rest].join(' ');
}

function loggedArgument({ name, secret, loggedAs }: ArgumentKind, given: Readonly<Record<string, string>>): string | undefined {
  if (loggedAs !== undefined && given[name] !== undefined) return loggedAs(given[name], given);
  return secret === true && given[name] !== undefined ? '(not shown)' : given[name];
}
