import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { PeerSettings, Settings } from '../../../firmware/config/settings.ts';
import { silentLog } from '../../../firmware/log.ts';
import type { CountersInUse } from '../../../firmware/sip/counters.ts';
import { newCounters } from '../../../firmware/sip/counters.ts';
import type { SipRequest } from '../../../firmware/sip/message.ts';
import { makeRequest } from '../../../firmware/sip/syntax/build-message.ts';
import { SipTransactionLayer } from '../../../firmware/sip/transaction/sip-transaction-layer.ts';
import type { ClientHandlers, ServerTransaction } from '../../../firmware/sip/transaction-layer.ts';
import { Wire } from '../../../firmware/sip/transport/wire.ts';
import { RawPeer, unitAddress } from './raw-peer.ts';

export const sipSettings: Settings['sip'] = {
  address: '0.0.0.0', port: 5060, udp: true, tcp: true, publicAddress: null, sessionExpiresSec: 1800, minSessionExpiresSec: 90, maxTcpConnections: 16, watchMs: 500, watchMisses: 12, returnSec: 10,
};

export const pbx: PeerSettings = { name: 'pbx', addresses: ['10.0.0.1'], host: '10.0.0.1', port: 5060, transport: 'udp', trusted: false, backupOf: null, lamps: 'none', register: null, queued: null };

export interface LayerWorld {
  readonly clock: SimClock;
  readonly network: SimNetwork;
  readonly peer: RawPeer;
  readonly wire: Wire;
  readonly layer: SipTransactionLayer;
  readonly counters: CountersInUse;
  /** Requests that came up, in order. */
  readonly arrived: ServerTransaction[];
}

/** The transaction layer of a unit at 10.0.0.2 and a peer at 10.0.0.1, half a millisecond apart. */
export async function layerWorld(changes: Partial<Settings['sip']> = {}, peers: readonly PeerSettings[] = [pbx]): Promise<LayerWorld> {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(1));
  const host = network.host(unitAddress);
  const peer = await RawPeer.open(network);
  const counters = newCounters();
  const wire: Wire = new Wire({ clock, datagram: host.datagram, stream: host.stream, net: host.net, log: silentLog, counters }, { ...sipSettings, ...changes }, peers, {
    received: (result, flow, name) => layer.received(result, flow, name),
    lost: (what, text) => layer.lost(what, text),
  });
  const layer: SipTransactionLayer = new SipTransactionLayer({ clock, random: new SimRandom(2), wire, counters, product: 'Test/1' });
  const arrived: ServerTransaction[] = [];
  layer.arrived = (transaction) => void arrived.push(transaction);
  await wire.open();
  return { clock, network, peer, wire, layer, counters, arrived };
}

export const toPeer = { transport: 'udp' as const, remote: { address: '10.0.0.1', port: 5060 } };

export function outgoing(method: string, callId = 'out-1'): SipRequest {
  return makeRequest(method, 'sip:pbx@10.0.0.1', [
    { name: 'Max-Forwards', value: '70' },
    { name: 'From', value: '<sip:unit@10.0.0.2>;tag=us' },
    { name: 'To', value: '<sip:pbx@10.0.0.1>' },
    { name: 'Call-ID', value: callId },
    { name: 'CSeq', value: `1 ${method}` },
  ]);
}

/** Handlers that note what they were told: a status, or why there was none. */
export function noting(): { readonly handlers: ClientHandlers; readonly told: (number | string)[] } {
  const told: (number | string)[] = [];
  return { told, handlers: { response: (response) => void told.push(response.status), failed: (why) => void told.push(why) } };
}
