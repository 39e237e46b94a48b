import type { Endpoint } from '../../../hal/datagram.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Net } from '../../../hal/net.ts';
import type { SipRequest } from '../message.ts';
import { parseUri } from '../syntax/uri.ts';
import type { TransportName } from '../transaction-layer.ts';
import { uriOf } from './dialog.ts';

/** Where to send: the transport and address of a URI (RFC 3263, without NAPTR and SRV: a PBX is named by host or address here). */
export interface NextHop {
  readonly transport: TransportName;
  readonly remote: Endpoint;
}

/** Errors: HalError not-found (no such host, or not a sip URI), timed-out. */
export async function nextHop(uriText: string, net: Net): Promise<NextHop> {
  const uri = parseUri(uriText);
  if (uri === null || uri.scheme !== 'sip') throw new HalError('not-found', uriText, 'not a sip URI that can be reached');
  const host = uri.params.get('maddr') ?? uri.host;
  const [address] = await net.resolve(host);
  if (address === undefined) throw new HalError('not-found', host, 'the name has no address');
  return { transport: uri.params.get('transport')?.toLowerCase() === 'tcp' ? 'tcp' : 'udp', remote: { address, port: uri.port ?? 5060 } };
}

/** The URI that decides where a request goes: its first Route, else its Request-URI (12.2.1.1; a strict router is the Request-URI already). */
export function hopUri(request: SipRequest): string {
  const [route] = request.headers.list('Route');
  const uri = uriOf(route);
  return route !== undefined && parseUri(uri)?.params.has('lr') === true ? uri : request.uri;
}
