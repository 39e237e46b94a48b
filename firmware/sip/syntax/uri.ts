import { unescape } from './tokens.ts';

/** A sip, sips or tel URI taken apart (RFC 3261 19.1, RFC 3966). Escapes are kept as they came; `userText` is the user without them. */
export interface Uri {
  readonly scheme: 'sip' | 'sips' | 'tel';
  /** As received, with escapes; '' = none. For tel: the number. */
  readonly user: string;
  readonly userText: string;
  /** Without brackets for IPv6; '' for tel. */
  readonly host: string;
  /** null = the scheme's default. */
  readonly port: number | null;
  /** Names lower case. */
  readonly params: ReadonlyMap<string, string>;
  /** After '?', as received; '' = none. */
  readonly headers: string;
}

const hostPattern = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+))(?::([0-9]{1,5}))?$/;

/** null = not a URI of these schemes, or malformed. Never throws. */
export function parseUri(text: string): Uri | null {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(0, colon)).toLowerCase();
  if (scheme === 'tel') return parseTel(text.slice(colon + 1));
  if (scheme !== 'sip' && scheme !== 'sips') return null;
  return parseSip(scheme, text.slice(colon + 1));
}

/** The scheme, lower case; '' = there is none. */
export function uriScheme(text: string): string {
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase() ?? '';
}

function parseSip(scheme: 'sip' | 'sips', rest: string): Uri | null {
  if (/[\s<>"]/.test(rest)) return null;
  // No '@' may stand after the first one; some PBXs leave it un-escaped in a target parameter, and it belongs there.
  const at = rest.indexOf('@');
  const userInfo = at < 0 ? '' : rest.slice(0, at);
  const after = rest.slice(at + 1);
  const question = after.indexOf('?');
  const [hostPort = '', ...params] = (question < 0 ? after : after.slice(0, question)).split(';');
  const host = hostPattern.exec(hostPort);
  const port = host?.[3] === undefined ? null : Number(host[3]);
  if (host === null || (at >= 0 && userInfo === '') || (port !== null && port > 65_535)) return null;
  const user = userInfo.split(':', 1)[0] as string;
  return { scheme, user, userText: unescape(user), host: host[1] ?? host[2] ?? '', port, params: paramMap(params), headers: question < 0 ? '' : after.slice(question + 1) };
}

function parseTel(rest: string): Uri | null {
  const [number = '', ...params] = rest.split(';');
  if (!/^\+?[0-9A-Fa-f*#().-]+$/.test(number)) return null;
  return { scheme: 'tel', user: number, userText: number.replace(/[().-]/g, ''), host: '', port: null, params: paramMap(params), headers: '' };
}

function paramMap(parts: readonly string[]): Map<string, string> {
  const params = new Map<string, string>();
  for (const part of parts.slice(0, 32)) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).toLowerCase();
    if (name !== '' && !params.has(name)) params.set(name, equals < 0 ? '' : part.slice(equals + 1));
  }
  return params;
}

export const formatHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

export function formatUri(uri: Uri): string {
  const params = [...uri.params].map(([name, value]) => (value === '' ? `;${name}` : `;${name}=${value}`)).join('');
  if (uri.scheme === 'tel') return `tel:${uri.user}${params}`;
  const port = uri.port === null ? '' : `:${uri.port}`;
  const headers = uri.headers === '' ? '' : `?${uri.headers}`;
  return `${uri.scheme}:${uri.user === '' ? '' : `${uri.user}@`}${formatHost(uri.host)}${port}${params}${headers}`;
}

/** A user part made fit for a URI (RFC 3261 25.1 user characters stay). */
export const escapeUser = (text: string): string =>
  [...text].map((char) => (/^[A-Za-z0-9\-_.!~*'()&=+$,;?/]$/.test(char) ? char : encodeURIComponent(char))).join('');
