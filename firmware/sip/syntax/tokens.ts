/** RFC 3261 25.1: token characters, by byte. */
const tokenBytes = new Uint8Array(256);
for (const char of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~") tokenBytes[char.charCodeAt(0)] = 1;

export const isTokenByte = (byte: number): boolean => tokenBytes[byte] === 1;

export function isToken(text: string): boolean {
  if (text === '') return false;
  for (let at = 0; at < text.length; at++) {
    if (tokenBytes[text.charCodeAt(at)] !== 1) return false;
  }
  return true;
}

/** Digits only, at most 2^53; null otherwise. */
export function decimal(text: string): number | null {
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

/** Undoes %XX; an escape that is none, or that makes no UTF-8, leaves the text as it is. */
export function unescape(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The inside of a quoted string: without its quotes, escapes undone. Other text is returned as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/gs, '$1');
}

export const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, ' ')}"`;

const doubleQuote = 34;
const backslash = 92;
const openAngle = 60;
const closeAngle = 62;

/** Cuts at a separator (one character) that stands outside of quotes and angle brackets; at most `limit` parts (the rest is dropped). */
export function splitOutside(text: string, separator: string, limit: number): string[] {
  if (!text.includes(separator)) return [text.trim()];
  const cut = separator.charCodeAt(0);
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  let angled = false;
  for (let at = 0; at < text.length && parts.length < limit; at++) {
    const char = text.charCodeAt(at);
    if (quoted && char === backslash) at++;
    else if (char === doubleQuote) quoted = !quoted;
    else if (quoted) continue;
    else if (char === cut && !angled) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    } else if (char === openAngle) angled = true;
    else if (char === closeAngle) angled = false;
  }
  if (parts.length < limit) parts.push(text.slice(from).trim());
  return parts;
}
