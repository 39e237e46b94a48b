import * as v from 'valibot';

/** Of one pattern. */
export const mostPatternCharacters = 64;

/** `?` is any one character, `*` any number of them; after a backslash they are themselves. */
export const patternSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(mostPatternCharacters), v.check((text) => !/(?:^|[^\\])(?:\\\\)*\\$/.test(text), 'a pattern that does not end with a single backslash'));

type Sign = { readonly is: string } | 'one' | 'any';

function signsOf(pattern: string): Sign[] {
  const signs: Sign[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] as string;
    if (character === '\\') signs.push({ is: pattern[(at += 1)] ?? '' });
    else signs.push(character === '?' ? 'one' : character === '*' ? 'any' : { is: character });
  }
  return signs;
}

/** Steps are at most the product of both lengths: no pattern is dear. */
export function matchesPattern(pattern: string, text: string): boolean {
  const signs = signsOf(pattern);
  let [sign, at, lastAny, from] = [0, 0, -1, 0];
  while (at < text.length) {
    const current = signs[sign];
    if (current === 'any') [lastAny, from, sign] = [sign, at, sign + 1];
    else if (current === 'one' || (current !== undefined && current.is === text[at])) [sign, at] = [sign + 1, at + 1];
    else if (lastAny >= 0) [sign, at, from] = [lastAny + 1, from + 1, from + 1];
    else return false;
  }
  return signs.slice(sign).every((one) => one === 'any');
}
