import { HalError } from '../../hal/errors.ts';
import type { Flow, FlowState } from '../callflow/flow.ts';
import type { Leg } from '../sip/leg.ts';
import { unitCall } from './outgoing-call.ts';
import { noPeer, noSuchPeer, peerToCall } from './peer-to-call.ts';
import type { PlayParts } from './play-at.ts';
import type { PlacedFlowEnd } from './placed-flow-call.ts';
import { PlacedFlowCall } from './placed-flow-call.ts';

export interface CallOutWish {
  readonly number: string;
  /** Name of the peer that is called, or whoever stands in for it; null = the first in use. */
  readonly via: string | null;
  readonly ringMs: number;
  /** Made for the call that stands. */
  readonly flow: (leg: Leg) => Flow<FlowState>;
  readonly language: string | null;
}

export interface CallOutCall {
  readonly id: string;
  /** Resolves when the port is given back. */
  readonly ended: Promise<PlacedFlowEnd>;
  hangUp(text: string): void;
}

/** Places a call with a flow. null = no port is free. Errors: HalError not-found (no peer can be called), unreachable, timed-out. */
export type CallOut = (wish: CallOutWish) => Promise<CallOutCall | null>;

export function callOut(parts: () => PlayParts): CallOut {
  return async ({ number, via, ringMs, flow, language }) => {
    const { services, calls, sip, send, local, rtpPort } = parts();
    const peer = peerToCall(services.settings().peers, sip.peers(), via);
    if (peer === null) throw new HalError('not-found', via ?? 'peers', via === null ? noPeer : noSuchPeer);
    const address = await local(peer.host);
    let over: (end: PlacedFlowEnd) => void = () => undefined;
    const ended = new Promise<PlacedFlowEnd>((resolve) => (over = resolve));
    const call = calls.place((port, released) => new PlacedFlowCall({
      services, send, flow, language, ringMs, released, over,
      dial: (handlers) => sip.place(unitCall(services.settings(), peer, number, { address, rtpPort: rtpPort(port) }), handlers),
    }, port));
    if (call === null) return null;
    services.log.write('notice', 'call-placed', `The unit calls ${number} at ${peer.name}.`, { call: call.id, port: call.port.index });
    return { id: call.id, ended, hangUp: (text) => call.hangUp(text) };
  };
}
