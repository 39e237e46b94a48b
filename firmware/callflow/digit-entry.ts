/** Digits being keyed in: ended by '#', by '*' (start again), or by a pause after the last one. */
export interface DigitEntry {
  readonly digits: string;
}

export type EntryStep =
  | { readonly kind: 'more'; readonly entry: DigitEntry }
  | { readonly kind: 'complete'; readonly digits: string };

export const noDigits: DigitEntry = { digits: '' };

/** The longest number or PIN that is taken; further digits are ignored. */
export const maxEntryDigits = 32;

/** How long to wait for the first key, and between keys, in milliseconds. */
export const entryPatienceMs = 8000;
export const interDigitMs = 4000;

export function enterDigit(entry: DigitEntry, digit: string): EntryStep {
  if (digit === '#') return { kind: 'complete', digits: entry.digits };
  if (digit === '*') return { kind: 'more', entry: noDigits };
  if (!/^[0-9]$/.test(digit) || entry.digits.length >= maxEntryDigits) return { kind: 'more', entry };
  return { kind: 'more', entry: { digits: entry.digits + digit } };
}
