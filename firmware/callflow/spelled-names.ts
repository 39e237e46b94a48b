import type { MailboxSettings } from '../config/settings.ts';
import type { Phrase } from './phrase.ts';

/** Letters on telephone keys (ITU-T E.161). */
const keyLetters = ['', '', 'abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'];
const keyOf = new Map(keyLetters.flatMap((letters, key) => [...letters].map((letter) => [letter, String(key)] as const)));

/** 'Jörg Müller-Groß' -> '5674', '685537' and '47677': the words of a name as they are keyed; marks on letters do not count. */
export function keyedWords(name: string): string[] {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss').replaceAll('æ', 'ae').replaceAll('ø', 'o');
  return plain.split(/[^a-z0-9]+/).map((word) => [...word].map((letter) => keyOf.get(letter) ?? letter).join('')).filter((word) => word !== '');
}

/** Whose name begins as keyed with any of its words, or is keyed in full with one of them first ('Ada Byron' by 23229766 and 29766232), by number. */
export function namesByKeys(mailboxes: readonly MailboxSettings[], keys: string): MailboxSettings[] {
  if (keys === '') return [];
  const found = mailboxes.filter(({ name }) => spellings(keyedWords(name)).some((spelled) => spelled.startsWith(keys)));
  return found.sort((one, other) => one.number.localeCompare(other.number, 'en', { numeric: true }));
}

/** Each word first, and the others after it. */
const spellings = (words: readonly string[]): string[] => words.map((word, at) => word + words.filter((_, other) => other !== at).join(''));

/** 'For Ada Byron, press 1.' At most nine of them can be chosen by one key. */
export const offeredNames = (mailboxes: readonly string[]): Phrase[] =>
  mailboxes.flatMap((mailbox, at): Phrase[] => [{ say: 'names.for' }, { nameOf: mailbox, orElse: [{ digits: mailbox }] }, { say: 'names.press' }, { number: at + 1 }, { pauseMs: 300 }]);
