import type { Command, Given } from './command.ts';
import type { ConsoleUnit } from './console-unit.ts';
import { checkOptions, sortWords } from './line-options.ts';
import type { GivenOption } from './line-options.ts';
import { completed, elementName, matchWords } from './match.ts';
import type { LineFault } from './match.ts';
import { splitWords } from './words.ts';
import type { Word } from './words.ts';

export type ParsedLine =
  | { readonly kind: 'empty' }
  | { readonly kind: 'fault'; readonly fault: LineFault }
  | { readonly kind: 'command'; readonly command: Command; readonly given: Given; readonly options: ReadonlyMap<string, string> };

/** A line to a command with checked arguments, or to the word that is wrong and what is accepted instead. */
export function parseLine(line: string, grammar: readonly Command[], unit: ConsoleUnit): ParsedLine {
  const { words, openQuote } = splitWords(line);
  if (openQuote !== null) return wrong(openQuote, 'the quote that begins here does not end', []);
  if (words.length === 0) return { kind: 'empty' };
  const commands = offeredCommands(grammar, unit);
  const { positional, options } = sortWords(words, commands);
  const stranger = strangeOption(commands, positional, options);
  if (stranger !== null) return { kind: 'fault', fault: stranger };
  const matched = matchWords(commands, positional);
  if (!matched.ok) return { kind: 'fault', fault: matched.fault };
  const command = completed(matched.commands, positional.length);
  if (command === null) return wrong(line.trimEnd().length, 'the command is not complete', nextNames(matched.commands, positional.length));
  const given = checkArguments(command, positional, unit);
  if ('message' in given) return { kind: 'fault', fault: given };
  const values = checkOptions(options, command.options);
  if ('message' in values) return { kind: 'fault', fault: values };
  return withOptions(command, given.given, values, unit);
}

export function offeredCommands(grammar: readonly Command[], unit: ConsoleUnit): readonly Command[] {
  return grammar.filter((command) => command.offered?.(unit) ?? true);
}

/** Arguments that precede a place in the line, as far as they are right; for checks and completion that look back. */
export function givenSoFar(command: Command, positional: readonly Word[], unit: ConsoleUnit): Given {
  const checked = checkArguments(command, positional, unit);
  return 'message' in checked ? {} : checked.given;
}

/** An option that no command has is told before the words behind it, of which one may have been meant as its value. */
function strangeOption(commands: readonly Command[], positional: readonly Word[], options: readonly GivenOption[]): LineFault | null {
  const strange = options.find(({ name }) => !commands.some((one) => one.options.some((option) => option.name === name)));
  if (strange === undefined) return null;
  const matched = matchWords(commands, positional.filter((word) => word.start < strange.word.start));
  if (!matched.ok) return matched.fault;
  const checked = checkOptions([strange], matched.commands.flatMap((one) => one.options));
  return 'message' in checked ? checked : null;
}

function checkArguments(command: Command, positional: readonly Word[], unit: ConsoleUnit): { readonly given: Given } | LineFault {
  const given: Record<string, string> = {};
  for (const [index, word] of positional.entries()) {
    const element = command.elements[index];
    if (element?.kind !== 'argument') continue;
    const { name, check, resolve } = element.argument;
    const problem = check(word.text, unit, given);
    if (problem !== null) return { start: word.start, message: problem, accepted: [] };
    given[name] = resolve?.(word.text, unit, given) ?? word.text;
  }
  return { given };
}

function withOptions(command: Command, given: Given, words: ReadonlyMap<string, Word | null>, unit: ConsoleUnit): ParsedLine {
  const options = new Map<string, string>();
  for (const [name, word] of words) {
    const kind = command.options.find((option) => option.name === name)?.value ?? null;
    const problem = word === null || kind === null ? null : kind.check(word.text, unit, given);
    if (problem !== null) return wrong(word?.start ?? 0, problem, []);
    options.set(name, word?.text ?? '');
  }
  return { kind: 'command', command, given, options };
}

function nextNames(alive: readonly Command[], index: number): string[] {
  return [...new Set(alive.flatMap(({ elements }) => elements.slice(index, index + 1).map(elementName)))];
}

function wrong(start: number, message: string, accepted: readonly string[]): ParsedLine {
  return { kind: 'fault', fault: { start, message, accepted } };
}
