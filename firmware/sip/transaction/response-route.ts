import type { SipRequest } from '../message.ts';
import type { Via } from '../syntax/via.ts';
import { formatVia } from '../syntax/via.ts';
import type { Flow } from '../transaction-layer.ts';
import { addressBytes } from '../transport/address-match.ts';

/** Writes into the top Via where the request really came from (RFC 3261 18.2.1, RFC 3581), so that its responses find back. */
export function markSource(request: SipRequest, via: Via, flow: Flow): Via {
  const params = new Map(via.params);
  const wantsPort = params.has('rport');
  if (wantsPort) params.set('rport', String(flow.remote.port));
  if (wantsPort || !sameAddress(via.host, flow.remote.address)) params.set('received', flow.remote.address);
  const marked = { ...via, params };
  request.headers.removeFirst('Via');
  request.headers.prepend('Via', formatVia(marked));
  return marked;
}

/**
 * Where responses go (RFC 3261 18.2.2, RFC 3581 4): on TCP the connection of the request, or, when that is gone, a new one to the
 * sender. `trusted` tells whether a maddr may be followed.
 */
export function responseFlow(via: Via, flow: Flow, trusted: (address: string) => boolean): Flow {
  const port = via.port ?? 5060;
  if (flow.transport === 'tcp') return { ...flow, remote: { address: flow.remote.address, port } };
  const maddr = via.params.get('maddr');
  if (maddr !== undefined && addressBytes(maddr) !== null && trusted(maddr)) return { ...flow, remote: { address: maddr, port } };
  const rport = Number(via.params.get('rport') ?? NaN);
  const answered = rport > 0 ? rport : port;
  return answered === flow.remote.port ? flow : { ...flow, remote: { address: flow.remote.address, port: answered } };
}

function sameAddress(one: string, other: string): boolean {
  if (one === other) return true;
  const left = addressBytes(one);
  const right = addressBytes(other);
  return left !== null && right !== null && Buffer.compare(left, right) === 0;
}
