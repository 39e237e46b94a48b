import type { Params } from './params.ts';
import { formatParams, parseParams } from './params.ts';
import { isToken } from './tokens.ts';
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

const sentByPattern = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+))(?:\s*:\s*([0-9]{1,5}))?$/;

/** `SIP / 2.0 / UDP  host : port ; params`, white space where RFC 3261 25.1 allows it. null = malformed. */
export function parseVia(text: string): Via | null {
  const semicolon = text.indexOf(';');
  const head = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  const params = parseParams(semicolon < 0 ? '' : text.slice(semicolon + 1));
  const rest = afterProtocol(head);
  const blank = rest.search(/\s/);
  const transport = rest.slice(0, Math.max(0, blank));
  const sentBy = sentByPattern.exec(rest.slice(blank + 1).trimStart());
  const port = sentBy?.[3] === undefined ? null : Number(sentBy[3]);
  if (params === null || sentBy === null || !isToken(transport) || (port !== null && port > 65_535)) return null;
  return { transport: transport.toUpperCase(), host: sentBy[1] ?? sentBy[2] ?? '', port, params };
}

/** What follows 'SIP/2.0/'; '' = something else. */
function afterProtocol(head: string): string {
  if (head.startsWith('SIP/2.0/')) return head.slice('SIP/2.0/'.length).trimStart();
  const [protocol = '', version = '', rest = '', ...more] = head.split('/', 4).map((part) => part.trim());
  return protocol.toUpperCase() === 'SIP' && version === '2.0' && more.length === 0 ? rest : '';
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
