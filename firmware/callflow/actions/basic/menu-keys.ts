/** What a menu takes: keys and sequences; `?` is any one digit, `$` any sequence that nothing else matches, `F` a fax tone. */
export const menuKeyPattern = /^(?:[0-9*#?]{1,16}|\$|F)$/;

export type KeyMatch =
  | { readonly found: string }
  /** It begins a longer one. */
  | 'more'
  /** It may become what `$` takes. */
  | 'any'
  | 'none';

const isSequence = (key: string): boolean => key !== '$' && key !== 'F';
const wild = (key: string): number => [...key].filter((sign) => sign === '?').length;
const fits = (sign: string, digit: string): boolean => sign === digit || (sign === '?' && /^[0-9]$/.test(digit));
const begins = (key: string, pressed: string): boolean => key.length >= pressed.length && [...pressed].every((digit, at) => fits(key[at] as string, digit));

/** What the keys pressed so far mean. Where several match, the one with the fewest `?`. */
export function matchKeys(keys: readonly string[], pressed: string): KeyMatch {
  const near = keys.filter((key) => isSequence(key) && begins(key, pressed));
  const exact = near.filter((key) => key.length === pressed.length).sort((a, b) => wild(a) - wild(b))[0];
  if (exact !== undefined) return { found: exact };
  if (near.length > 0) return 'more';
  return keys.includes('$') ? 'any' : 'none';
}

/** Two sequences of which one would end before the other can: [shorter, longer]; null = there are none. */
export function clash(keys: readonly string[]): readonly [string, string] | null {
  const sequences = keys.filter(isSequence);
  for (const shorter of sequences) {
    const longer = sequences.find((key) => key.length > shorter.length && [...shorter].every((sign, at) => alike(sign, key[at] as string)));
    if (longer !== undefined) return [shorter, longer];
  }
  return null;
}

/** Some digit fits both. */
const alike = (one: string, other: string): boolean => fits(one, other) || fits(other, one) || (one === '?' && other === '?');
