/**
 * Text from outside (caller names, log lines) as one harmless line: control characters, line breaks and the marks that
 * reverse writing direction could move the cursor or fake other text, so each becomes a '?'.
 */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '?');
}

/** Columns that a terminal gives the text: two for the wide letters of East Asia and emoji, none for combining marks. */
export function textColumns(text: string): number {
  let columns = 0;
  for (const char of text) columns += charColumns(char);
  return columns;
}

export function charColumns(char: string): number {
  if (/^[\p{Mn}\p{Me}\u200b-\u200d\ufe00-\ufe0f]/u.test(char)) return 0;
  return isWide(char.codePointAt(0) ?? 0) ? 2 : 1;
}

/** Blocks of Unicode Standard Annex 11 that are wide throughout; rare ones are left at one column. */
const wideBlocks: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], // Hangul Jamo
  [0x2e80, 0x303e], // CJK radicals and punctuation
  [0x3041, 0xa4cf], // Kana to Yi
  [0xac00, 0xd7a3], // Hangul syllables
  [0xf900, 0xfaff], // CJK compatibility
  [0xff00, 0xff60], // fullwidth forms
  [0x1f300, 0x1faff], // pictographs
  [0x20000, 0x3fffd], // CJK extensions
];

function isWide(code: number): boolean {
  return wideBlocks.some(([first, last]) => code >= first && code <= last);
}
