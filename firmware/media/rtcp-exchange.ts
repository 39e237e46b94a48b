/** The reports of a session and of its peer, on the sockets and by the destinations that its RTP has. */
import type { DatagramBatch } from '../../hal/datagram.ts';
import type { Destinations } from './destinations.ts';
import type { Inbound } from './inbound.ts';
import type { Outbound } from './outbound.ts';
import type { RtcpSession } from './rtcp-session.ts';

export interface RtcpExchangeParts {
  readonly batch: DatagramBatch;
  readonly rtcp: RtcpSession;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly destinations: Destinations;
}

export class RtcpExchange {
  readonly #batch: DatagramBatch;
  readonly #rtcp: RtcpSession;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #destinations: Destinations;

  constructor({ batch, rtcp, inbound, outbound, destinations }: RtcpExchangeParts) {
    this.#batch = batch;
    this.#rtcp = rtcp;
    this.#inbound = inbound;
    this.#outbound = outbound;
    this.#destinations = destinations;
  }

  /** From the peer's address only, but from any port of it: some send RTCP from elsewhere than they announced. */
  receive(bytes: Uint8Array, length: number, address: string, port: number, nowMs: number): boolean {
    const { latch } = this.#inbound;
    const ours = latch.latched ? address === latch.address : address === this.#destinations.announcedAddress;
    if (!ours || !this.#rtcp.receive(bytes, length, nowMs, this.#outbound.sender.ssrc)) return false;
    this.#destinations.rtcpFrom(address, port);
    return true;
  }

  /** Leaves with the next flush, from the socket of `slot`. */
  report(slot: number, nowMs: number, bye: boolean): void {
    const { sender, sentAtMs } = this.#outbound;
    const length = this.#rtcp.report(nowMs, sentAtMs, sender, this.#inbound.reception, bye);
    this.#batch.queue(slot, this.#rtcp.packet, length);
  }
}
