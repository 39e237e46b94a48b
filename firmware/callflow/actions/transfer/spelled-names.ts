import type { MailboxSettings } from '../../../config/settings.ts';

/** Letters on telephone keys (ITU-T E.161). */
const keyLetters = ['', '', 'abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'];
const keyOf = new Map(keyLetters.flatMap((letters, key) => [...letters].map((letter) => [letter, String(key)] as const)));

/** 'Jörg Müller-Groß' -> '5674', '685537' and '47677': the words of a name as they are keyed; marks on letters do not count. */
export function keyedWords(name: string): string[] {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss').replaceAll('æ', 'ae').replaceAll('ø', 'o');
  return plain.split(/[^a-z0-9]+/).map((word) => [...word].map((letter) => keyOf.get(letter) ?? letter).join('')).filter((word) => word !== '');
}

/** Whose first or last name begins as keyed, or who is named so in full ('Ada Byron' by 23229766), by number. */
export function namesByKeys(mailboxes: readonly MailboxSettings[], keys: string): MailboxSettings[] {
  const found = mailboxes.filter(({ name }) => {
    const words = keyedWords(name);
    return [...words, words.join(''), words.toReversed().join('')].some((word) => word.startsWith(keys));
  });
  return found.sort((one, other) => one.number.localeCompare(other.number, 'en', { numeric: true }));
}
