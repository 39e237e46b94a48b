import { nearest } from '../config/nearest.ts';
import type { Command, FormElement } from './command.ts';
import type { Word } from './words.ts';

/** Something wrong with a line: the word it is about, and what would be accepted in its place. */
export interface LineFault {
  readonly start: number;
  readonly message: string;
  readonly accepted: readonly string[];
}

export type Matched = { readonly ok: true; readonly commands: readonly Command[] } | { readonly ok: false; readonly fault: LineFault };

/** The commands out of `commands` whose first elements fit `words`. Words may be shortened as long as they are unambiguous. */
export function matchWords(commands: readonly Command[], words: readonly Word[]): Matched {
  let alive = commands;
  for (const [index, word] of words.entries()) {
    const next = step(alive, index, word);
    if (!next.ok) return next;
    alive = next.commands;
  }
  return { ok: true, commands: alive };
}

function step(alive: readonly Command[], index: number, word: Word): Matched {
  const fixed = fixedWords(alive, index);
  const meant = fixed.includes(word.text) ? [word.text] : fixed.filter((one) => one.startsWith(word.text));
  if (meant.length === 1) return { ok: true, commands: alive.filter((one) => isWord(one.elements[index], meant[0] as string)) };
  if (meant.length > 1) return fault(word, `"${word.text}" is ambiguous`, meant);
  const open = alive.filter((one) => one.elements[index]?.kind === 'argument');
  if (open.length > 0) return { ok: true, commands: open };
  if (fixed.length === 0) return fault(word, `nothing more is expected after this command`, []);
  const close = nearest(word.text, fixed);
  return fault(word, `"${word.text}" is not known here${close === null ? '' : `; did you mean ${close}?`}`, fixed);
}

/** The words that may stand at `index`, each once, in the order of the grammar. */
export function fixedWords(alive: readonly Command[], index: number): string[] {
  const words = alive.flatMap(({ elements }) => {
    const element = elements[index];
    return element?.kind === 'word' ? [element.word] : [];
  });
  return [...new Set(words)];
}

/** The command that is whole after `count` words; null when all want more. */
export function completed(alive: readonly Command[], count: number): Command | null {
  return alive.find(({ elements }) => elements.slice(count).every((element) => element.kind === 'argument' && element.optional)) ?? null;
}

export function elementName(element: FormElement): string {
  return element.kind === 'word' ? element.word : element.argument.name;
}

function isWord(element: FormElement | undefined, word: string): boolean {
  return element?.kind === 'word' && element.word === word;
}

function fault(word: Word, message: string, accepted: readonly string[]): Matched {
  return { ok: false, fault: { start: word.start, message, accepted } };
}
