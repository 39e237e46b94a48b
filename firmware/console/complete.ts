import type { ArgumentKind, Command, FormElement } from './command.ts';
import type { ConsoleUnit } from './console-unit.ts';
import type { Expected } from './expected.ts';
import { isOption, sortWords } from './line-options.ts';
import { completed, fixedWords, matchWords } from './match.ts';
import { givenSoFar, offeredCommands } from './parse-line.ts';
import { splitWords } from './words.ts';
import type { Word } from './words.ts';

export interface Completion {
  /** What the unfinished word can become, each once, in the grammar's order; at most `mostCandidates`. */
  readonly candidates: readonly string[];
  /** Where the unfinished word begins. */
  readonly from: number;
  /** What all candidates begin with: what Tab can put in the word's place. '' without candidates. */
  readonly common: string;
}

const mostCandidates = 200;
const enter: Expected = { text: 'Enter', help: 'do it', values: [] };

/** What `?` shows: all that may stand at the end of `line`, or become of its unfinished last word. */
export function expectedNext(line: string, grammar: readonly Command[], unit: ConsoleUnit): readonly Expected[] {
  const place = unfinished(line);
  if (place === null) return [];
  const commands = offeredCommands(grammar, unit);
  const { positional, options } = sortWords(place.before, commands);
  const pending = options.at(-1);
  if (pending !== undefined && pending.value === null && place.before.at(-1) === pending.word) {
    const kind = optionKind(commands, pending.name);
    if (kind !== null) return argument(kind, unit, {}, place.partial);
  }
  const matched = matchWords(commands, positional);
  if (!matched.ok) return [];
  const given = new Set(options.map((option) => option.name));
  return atPlace(matched.commands, positional, place.partial, given, unit);
}

/** What Tab does at the end of `line`. Pure: the caller puts the text in. */
export function complete(line: string, grammar: readonly Command[], unit: ConsoleUnit): Completion {
  const place = unfinished(line);
  const partial = place?.partial ?? '';
  const all = expectedNext(line, grammar, unit).flatMap((expected) => expected.values);
  const candidates = [...new Set(all)].filter((value) => value.startsWith(partial)).slice(0, mostCandidates);
  return { candidates, from: line.length - partial.length, common: commonStart(candidates) };
}

/** The words before the end of the line, and the one that still grows there ('' after a space); null inside quotes. */
function unfinished(line: string): { readonly before: readonly Word[]; readonly partial: string } | null {
  const { words, openQuote } = splitWords(line);
  if (openQuote !== null) return null;
  const last = words.at(-1);
  if (last === undefined || last.end < line.length) return { before: words, partial: '' };
  return last.end - last.start === last.text.length ? { before: words.slice(0, -1), partial: last.text } : null;
}

function atPlace(alive: readonly Command[], positional: readonly Word[], partial: string, given: ReadonlySet<string>, unit: ConsoleUnit): Expected[] {
  const index = positional.length;
  const wantsOption = isOption({ text: partial, start: 0, end: 0, quoted: false });
  const done = completed(alive, index);
  const options = done === null ? [] : done.options.filter((option) => !given.has(option.name));
  const optionHelp = options
    .map((option) => ({ text: `--${option.name}`, help: option.help, values: [`--${option.name}`] }))
    .filter((option) => option.text.startsWith(partial));
  if (wantsOption) return optionHelp;
  const words = fixedWords(alive, index).filter((word) => word.startsWith(partial));
  const found = words.map((word) => ({ text: word, help: wordHelp(alive, index, word), values: [word] }));
  const first = alive.find(({ elements }) => elements[index]?.kind === 'argument');
  const kind = argumentOf(first?.elements[index]);
  const arguments_ = kind === null || first === undefined ? [] : argument(kind, unit, givenSoFar(first, positional, unit), partial);
  return [...found, ...arguments_, ...optionHelp, ...(partial === '' && done !== null ? [enter] : [])];
}

/** The help of the only command that the word leads to, or of what it leads to. */
function wordHelp(alive: readonly Command[], index: number, word: string): string {
  const led = alive.filter(({ elements }) => elements[index]?.kind === 'word' && (elements[index] as { word: string }).word === word);
  return led.length === 1 ? (led[0] as Command).help : `${fixedWords(led, index + 1).join(', ')} ...`;
}

function argument(kind: ArgumentKind, unit: ConsoleUnit, given: Readonly<Record<string, string>>, partial: string): readonly Expected[] {
  if (kind.expected !== undefined) return kind.expected(unit, given, partial);
  const values = kind.values?.(unit, given) ?? [];
  return [{ text: kind.name, help: kind.help, values: values.filter((value) => value.startsWith(partial)) }];
}

function argumentOf(element: FormElement | undefined): ArgumentKind | null {
  return element?.kind === 'argument' ? element.argument : null;
}

function optionKind(commands: readonly Command[], name: string): ArgumentKind | null {
  return commands.flatMap((one) => one.options).find((option) => option.name === name)?.value ?? null;
}

function commonStart(texts: readonly string[]): string {
  return texts.reduce((common, text) => {
    let length = 0;
    while (length < common.length && common[length] === text[length]) length += 1;
    return common.slice(0, length);
  }, texts[0] ?? '');
}
