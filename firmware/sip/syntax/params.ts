import { isToken, splitOutside } from './tokens.ts';

/** Parameters in order; names lower case; a flag's value is ''. */
export type Params = ReadonlyMap<string, string>;

const maxParams = 32;

/** 'a=1;b;c="x"' (without the leading ';'). null = malformed: an empty name, a name that is no token, or a value missing after '='. */
export function parseParams(text: string): Params | null {
  const params = new Map<string, string>();
  if (text.trim() === '') return params;
  for (const part of splitOutside(text, ';', maxParams)) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim();
    const value = equals < 0 ? '' : part.slice(equals + 1).trim();
    if (!isToken(name) || (equals >= 0 && value === '')) return null;
    if (!params.has(name.toLowerCase())) params.set(name.toLowerCase(), value);
  }
  return params;
}

export const formatParams = (params: Params): string => [...params].map(([name, value]) => (value === '' ? `;${name}` : `;${name}=${value}`)).join('');
