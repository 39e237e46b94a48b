import type { SimRandom } from './sim-random.ts';

/** What may happen on the way from one host to another; each direction has its own. Probabilities are 0 to 1. */
export interface LinkFaults {
  /** Time on the way. Default 0.5. */
  readonly delayMs: number;
  /** Added to each packet, uniform from 0 to this; does not change the order. */
  readonly jitterMs: number;
  readonly loss: number;
  /** The datagram arrives a second time. */
  readonly duplicate: number;
  /** The datagram is held back by `reorderByMs`, so that later ones overtake it. */
  readonly reorder: number;
  readonly reorderByMs: number;
  /** Nothing passes in this direction. */
  readonly cut: boolean;
  /** A larger datagram is refused to its sender as too-large. */
  readonly maxDatagramBytes: number;
  /** Datagrams to a port where nobody listens are refused to their sender (ICMP); otherwise they vanish, as most networks do it. */
  readonly refusals: boolean;
  /** TCP bytes arrive in pieces of at most this many. */
  readonly segmentBytes: number;
}

export const cleanLink: LinkFaults = {
  delayMs: 0.5,
  jitterMs: 0,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  reorderByMs: 30,
  cut: false,
  maxDatagramBytes: 65_507,
  refusals: false,
  segmentBytes: 65_536,
};

/** What a lost TCP segment costs: the sender's first retransmission. */
export const retransmitMs = 200;

/** One direction between two hosts. */
export class SimLink {
  faults: LinkFaults;
  /** Datagrams given to this link so far. */
  count = 0;
  #lastArrivalMs = 0;
  readonly #random: SimRandom;

  constructor(faults: LinkFaults, random: SimRandom) {
    this.faults = faults;
    this.#random = random;
  }

  /** When a datagram sent now arrives: never, once or twice. */
  arrivals(nowMs: number): number[] {
    const { loss, duplicate, reorder, reorderByMs, cut } = this.faults;
    if (cut || this.#random.chance(loss)) return [];
    const held = this.#random.chance(reorder) ? reorderByMs : 0;
    const first = this.#inOrder(nowMs) + held;
    return this.#random.chance(duplicate) ? [first, first] : [first];
  }

  /** When bytes of a TCP connection sent now arrive; losses cost a retransmission each. */
  streamArrival(nowMs: number): number {
    let sentMs = nowMs;
    while (this.#random.chance(Math.min(this.faults.loss, 0.9))) sentMs += retransmitMs;
    return sentMs + this.#transitMs();
  }

  #inOrder(nowMs: number): number {
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, nowMs + this.#transitMs());
    return this.#lastArrivalMs;
  }

  #transitMs(): number {
    const { delayMs, jitterMs } = this.faults;
    return delayMs + (jitterMs > 0 ? (this.#random.below(1_000_001) / 1_000_000) * jitterMs : 0);
  }
}
