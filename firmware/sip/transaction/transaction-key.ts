import type { SipRequest, SipResponse } from '../message.ts';
import { parseCSeq } from '../syntax/cseq.ts';
import { parseNameAddr } from '../syntax/name-addr.ts';
import { ownText } from '../syntax/own-text.ts';
import type { Via } from '../syntax/via.ts';
import { formatVia, parseVia, rfc3261Branch } from '../syntax/via.ts';

export const topVia = (message: SipRequest | SipResponse): Via | null => parseVia(message.headers.list('Via')[0] ?? '');

/** The method whose transaction a request belongs to: ACK and CANCEL look for their INVITE. */
const methodOf = (request: SipRequest): string => (request.method === 'ACK' || request.method === 'CANCEL' ? 'INVITE' : request.method);

/**
 * Matches requests to server transactions (RFC 3261 17.2.3): branch, sent-by and method, and the Call-ID, which tells apart the
 * requests of a sender that uses one branch for all of them (RFC 4475 does). An RFC 2543 sender has no such branch:
 * then Request-URI, tags, Call-ID, CSeq and the whole Via count, but for the To tag, which the first request cannot have.
 */
export function serverKey(request: SipRequest, via: Via): string {
  const method = methodOf(request);
  const branch = rfc3261Branch(via);
  const { headers } = request;
  if (branch !== null) return ownText(`${branch}|${via.host.toLowerCase()}:${via.port ?? ''}|${method}|${headers.get('Call-ID')}`);
  const number = parseCSeq(headers.get('CSeq') ?? '')?.number ?? 0;
  const unmarked = formatVia({ ...via, params: new Map([...via.params].filter(([name]) => name !== 'received' && name !== 'rport')) });
  return ownText(['2543', request.uri, headers.get('Call-ID'), tagOf(headers.get('From')), number, unmarked, method].join('|'));
}

/** Matches responses to client transactions (17.1.3): branch and the method of CSeq. */
export function clientKey(response: SipResponse): string | null {
  const branch = topVia(response)?.params.get('branch');
  const method = parseCSeq(response.headers.get('CSeq') ?? '')?.method;
  return branch === undefined || method === undefined ? null : `${branch}|${method}`;
}

/** The same request come by two ways (8.2.2.2): From tag, Call-ID and CSeq. null = it has a To tag, so it is in a dialog. */
export function mergeKey(request: SipRequest): string | null {
  const { headers } = request;
  if (tagOf(headers.get('To')) !== '') return null;
  return ownText([tagOf(headers.get('From')), headers.get('Call-ID'), headers.get('CSeq')].join('|'));
}

/** The tag of a From or To value; '' = none. */
export const tagOf = (value: string | undefined): string => parseNameAddr(value ?? '')?.params.get('tag') ?? '';
