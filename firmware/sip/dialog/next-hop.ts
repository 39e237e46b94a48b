import type { Endpoint } from '../../../hal/datagram.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Net } from '../../../hal/net.ts';
import { parseUri } from '../syntax/uri.ts';
import type { TransportName } from '../transaction-layer.ts';

/** Where to send: the transport and address of a URI (RFC 3263, without NAPTR and SRV: a PBX is named by host or address here). */
export interface NextHop {
  readonly transport: TransportName;
  readonly remote: Endpoint;
}

/** Errors: HalError not-found (no such host, not a sip URI, or another transport), timed-out. */
export async function nextHop(uriText: string, net: Net): Promise<NextHop> {
  const uri = parseUri(uriText);
  if (uri === null || uri.scheme !== 'sip') throw new HalError('not-found', uriText, 'not a sip URI that can be reached');
  const transport = uri.params.get('transport')?.toLowerCase() ?? 'udp';
  if (transport !== 'udp' && transport !== 'tcp') throw new HalError('not-found', uriText, 'a transport that the unit does not have');
  const host = uri.params.get('maddr') ?? uri.host;
  const [address] = await net.resolve(host);
  if (address === undefined) throw new HalError('not-found', host, 'the name has no address');
  return { transport, remote: { address, port: uri.port ?? 5060 } };
}
