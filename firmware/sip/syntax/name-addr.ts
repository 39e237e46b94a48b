import type { Params } from './params.ts';
import { parseParams } from './params.ts';
import { isToken, unquote } from './tokens.ts';

/** From, To, Contact, Route and their kin: `"Name" <uri>;params` or `uri;params` (RFC 3261 20.10). */
export interface NameAddr {
  /** Unquoted; ''. */
  readonly name: string;
  /** As received. */
  readonly uri: string;
  /** Of the header, not of the URI. */
  readonly params: Params;
}

/** null = malformed. '*' (Contact) comes back as that URI. */
export function parseNameAddr(value: string): NameAddr | null {
  const text = value.trim();
  if (text.startsWith('"')) {
    const end = closingQuote(text);
    return end < 0 ? null : bracketed(unquote(text.slice(0, end + 1)), text.slice(end + 1));
  }
  const open = text.indexOf('<');
  if (open < 0) return bare(text);
  const name = text.slice(0, open).trim();
  if (name !== '' && !name.split(/\s+/).every(isToken)) return null;
  return bracketed(name, text.slice(open));
}

function closingQuote(text: string): number {
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}

function bracketed(name: string, rest: string): NameAddr | null {
  const text = rest.trimStart();
  const close = text.indexOf('>');
  if (!text.startsWith('<') || close < 0) return null;
  const after = text.slice(close + 1).trim();
  if (after !== '' && !after.startsWith(';')) return null;
  const params = parseParams(after.slice(1));
  const uri = text.slice(1, close);
  return params === null || !plausible(uri) ? null : { name, uri, params };
}

/** Without brackets every parameter is the header's; a URI with '?' or ',' must be bracketed (RFC 3261 20). */
function bare(text: string): NameAddr | null {
  const semicolon = text.indexOf(';');
  const uri = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  const params = parseParams(semicolon < 0 ? '' : text.slice(semicolon + 1));
  return params === null || !plausible(uri) || /[?,]/.test(uri) ? null : { name: '', uri, params };
}

const plausible = (uri: string): boolean => uri === '*' || /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/.test(uri);
