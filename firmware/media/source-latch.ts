/**
 * Which transport address the peer's RTP comes from (comedia, symmetric RTP: RFC 4961). SDP may name an address behind a NAT, or
 * none; so the first valid packet's source is latched and answered to. After `pinAfter` packets from it the latch is pinned and
 * packets from elsewhere are foreign. Before that:
 *
 *   open ── first packet ──> latched ── 5 packets ──> pinned
 *                               ├─ a packet from the address that SDP names takes over at once
 *                               └─ another source takes over with 5 packets in a row, none of the latched one between them
 *
 * An update of the session opens it again: the peer may have moved.
 */
import type { Endpoint } from '../../hal/datagram.ts';

export const pinAfter = 5;

export type SourceVerdict = 'ours' | 'moved' | 'foreign';

export class SourceLatch {
  address = '';
  port = 0;
  #announced: Endpoint | null = null;
  #fromIt = 0;
  #rivalAddress = '';
  #rivalPort = 0;
  #fromRival = 0;

  /** Forgets all and expects the peer at `announced` (null = anywhere). */
  open(announced: Endpoint | null): void {
    this.#announced = announced;
    this.address = '';
    this.port = 0;
    this.#fromIt = 0;
    this.#fromRival = 0;
  }

  /** Another unit has heard the peer from there often enough. */
  pin(address: string, port: number): void {
    this.address = address;
    this.port = port;
    this.#fromIt = pinAfter;
  }

  get latched(): boolean {
    return this.#fromIt > 0;
  }

  get pinned(): boolean {
    return this.#fromIt >= pinAfter;
  }

  /** Judges the source of a valid packet. `moved`: it is ours, and packets to the peer go there from now on. */
  judge(address: string, port: number): SourceVerdict {
    if (this.#fromIt > 0 && port === this.port && address === this.address) {
      if (this.#fromIt < pinAfter) this.#fromIt++;
      this.#fromRival = 0;
      return 'ours';
    }
    if (this.pinned) return 'foreign';
    if (this.#fromIt === 0 || this.#isAnnounced(address, port) || this.#rivalWins(address, port)) return this.#latch(address, port);
    return 'foreign';
  }

  #isAnnounced(address: string, port: number): boolean {
    return this.#announced !== null && this.#announced.port === port && this.#announced.address === address;
  }

  #rivalWins(address: string, port: number): boolean {
    if (port !== this.#rivalPort || address !== this.#rivalAddress) this.#fromRival = 0;
    this.#rivalAddress = address;
    this.#rivalPort = port;
    return ++this.#fromRival >= pinAfter;
  }

  #latch(address: string, port: number): 'moved' {
    this.address = address;
    this.port = port;
    this.#fromIt = 1;
    this.#fromRival = 0;
    return 'moved';
  }
}
