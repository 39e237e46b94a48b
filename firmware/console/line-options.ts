import { nearest } from '../config/nearest.ts';
import type { Command, CommandOption } from './command.ts';
import type { LineFault } from './match.ts';
import type { Word } from './words.ts';

/** Words of a line told apart: those of the command, and options with their values ('--say TEXT' or '--say=TEXT'). */
export interface SortedWords {
  readonly positional: readonly Word[];
  readonly options: readonly GivenOption[];
}

export interface GivenOption {
  readonly word: Word;
  readonly name: string;
  /** null = none came (a switch, or the line ends here). */
  readonly value: Word | null;
}

export function isOption(word: Word): boolean {
  return !word.quoted && word.text.startsWith('--');
}

/** Which options take a value is the same in all commands, so the command need not be known yet. */
export function sortWords(words: readonly Word[], commands: readonly Command[]): SortedWords {
  const positional: Word[] = [];
  const options: GivenOption[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as Word;
    if (!isOption(word)) {
      positional.push(word);
      continue;
    }
    const [name = '', inline] = splitAtEquals(word.text.slice(2));
    const takesNext = inline === undefined && takesValue(commands, name);
    if (takesNext) index += 1;
    const value = inline === undefined ? null : { ...word, text: inline, start: word.start + name.length + 3 };
    options.push({ word, name, value: takesNext ? (words[index] ?? null) : value });
  }
  return { positional, options };
}

/** The values by name, or what is wrong with one of the options. */
export function checkOptions(given: readonly GivenOption[], known: readonly CommandOption[]): ReadonlyMap<string, Word | null> | LineFault {
  const values = new Map<string, Word | null>();
  for (const { word, name, value } of given) {
    const option = known.find((one) => one.name === name);
    const problem = option === undefined ? unknownOption(name, known) : optionProblem(option, value, values.has(name));
    if (problem !== null) return { start: word.start, message: problem, accepted: option === undefined ? known.map((one) => `--${one.name}`) : [] };
    values.set(name, value);
  }
  return values;
}

function unknownOption(name: string, known: readonly CommandOption[]): string {
  if (known.length === 0) return 'this command has no options';
  const close = nearest(name, known.map((one) => one.name));
  return `there is no option --${name} here${close === null ? '' : `; did you mean --${close}?`}`;
}

function optionProblem(option: CommandOption, value: Word | null, again: boolean): string | null {
  if (again) return `--${option.name} is given twice`;
  if (option.value === null) return value === null ? null : `--${option.name} takes no value`;
  return value === null ? `--${option.name} wants a value: ${option.value.name}` : null;
}

function takesValue(commands: readonly Command[], name: string): boolean {
  return commands.some((one) => one.options.some((option) => option.name === name && option.value !== null));
}

function splitAtEquals(text: string): [string, string?] {
  const at = text.indexOf('=');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
