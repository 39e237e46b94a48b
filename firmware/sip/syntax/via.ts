import type { Params } from './params.ts';
import { formatParams, parseParams } from './params.ts';
import { formatHost } from './uri.ts';

/** One Via entry (RFC 3261 20.42, RFC 3581). */
export interface Via {
  /** Upper case: 'UDP', 'TCP', or another. */
  readonly transport: string;
  /** Without brackets. */
  readonly host: string;
  readonly port: number | null;
  readonly params: Params;
}

const viaPattern = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9.!%*_+`'~-]+)\s+(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+))\s*(?::\s*([0-9]{1,5}))?\s*(?:;(.*))?$/is;

/** null = malformed. */
export function parseVia(text: string): Via | null {
  const found = viaPattern.exec(text.trim());
  if (found === null) return null;
  const [, transport = '', v6, name, portText, paramText = ''] = found;
  const port = portText === undefined ? null : Number(portText);
  const params = parseParams(paramText);
  if (params === null || (port !== null && port > 65_535)) return null;
  return { transport: transport.toUpperCase(), host: v6 ?? name ?? '', port, params };
}

export const formatVia = (via: Via): string =>
  `SIP/2.0/${via.transport} ${formatHost(via.host)}${via.port === null ? '' : `:${via.port}`}${formatParams(via.params)}`;

/** Marks a branch as made by RFC 3261 rules. */
export const branchCookie = 'z9hG4bK';

/** The branch when it names a transaction by itself; null = an RFC 2543 sender, or nothing after the cookie. */
export function rfc3261Branch(via: Via): string | null {
  const branch = via.params.get('branch') ?? '';
  return branch.startsWith(branchCookie) && branch.length > branchCookie.length ? branch : null;
}
