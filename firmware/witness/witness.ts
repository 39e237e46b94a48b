import type { Clock, MonotonicMs } from '../../hal/clock.ts';
import type { DatagramNet, DatagramSocket, Endpoint } from '../../hal/datagram.ts';
import type { Random } from '../../hal/random.ts';
import { type BeatSeal, HmacSeal } from '../failover/beat-seal.ts';
import { randomIncarnation } from '../failover/incarnation.ts';
import type { Log } from '../log.ts';
import { pairId, witnessKey, type WitnessName } from './witness-key.ts';
import { decodeWitnessMessage, encodeWitnessMessage, pairOf } from './witness-message.ts';
import { WitnessedPair } from './witnessed-pair.ts';

export interface WitnessParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly datagram: DatagramNet;
  readonly log: Log;
  readonly makeSeal?: (key: Uint8Array) => BeatSeal;
}

/** Why a datagram was not answered. */
export type WitnessRefusal = 'malformed' | 'unknown-pair' | 'foreign-key' | 'replayed' | 'too-many';

/** Seals checked in each `windowMs`: 1,000 pairs in trouble at once need 40,000 a second, and a flood costs no more than half a core. */
const maxPerWindow = 5000;
const windowMs = 100;

/** Knows of each pair who serves, and grants takeovers. It keeps nothing: after a restart it learns for a lease's time before it grants. */
export class Witness {
  readonly refused: Record<WitnessRefusal, number> = { malformed: 0, 'unknown-pair': 0, 'foreign-key': 0, replayed: 0, 'too-many': 0 };
  readonly #parts: WitnessParts;
  #pairs = new Map<bigint, WitnessedPair>();
  readonly #session = (): bigint => randomIncarnation(this.#parts.random);
  #socket: DatagramSocket | null = null;
  #startedMs: MonotonicMs;
  #windowMs = -Infinity;
  #budget = maxPerWindow;

  constructor(parts: WitnessParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.monotonic();
  }

  get pairs(): readonly WitnessedPair[] {
    return [...this.#pairs.values()];
  }

  /** Errors: those of `DatagramNet.bind`. */
  async start(local: Endpoint, pairs: readonly WitnessName[]): Promise<Endpoint> {
    this.use(pairs);
    const socket = await this.#parts.datagram.bind(local);
    socket.received = (bytes, from) => this.#received(bytes, from);
    this.#socket = socket;
    this.#startedMs = this.#parts.clock.monotonic();
    return socket.local;
  }

  /** Another list: pairs that stay with the same secret keep their lease. */
  use(pairs: readonly WitnessName[]): void {
    const old = this.#pairs;
    this.#pairs = new Map(
      pairs.map((pair) => {
        const id = pairId(pair.name);
        const known = old.get(id);
        return [id, known?.is(pair) === true ? known : this.#makePair(pair)];
      }),
    );
  }

  stop(): void {
    this.#socket?.close();
    this.#socket = null;
  }

  #makePair(pair: WitnessName): WitnessedPair {
    const key = witnessKey(pair);
    return new WitnessedPair(pair, this.#parts.makeSeal?.(key) ?? new HmacSeal(key), this.#session);
  }

  #received(bytes: Uint8Array, from: Endpoint): void {
    const refusal = this.#take(bytes, from);
    if (refusal !== null) this.refused[refusal]++;
  }

  #take(bytes: Uint8Array, from: Endpoint): WitnessRefusal | null {
    const id = pairOf(bytes);
    if (id === null) return 'malformed';
    const pair = this.#pairs.get(id);
    if (pair === undefined) return 'unknown-pair';
    const nowMs = this.#parts.clock.monotonic();
    if (!this.#within(nowMs)) return 'too-many';
    const message = decodeWitnessMessage(bytes, pair.seal);
    if (typeof message === 'string') return message;
    if (message.kind !== 'report') return 'malformed';
    const before = pair.lease.holder;
    const outgoing = pair.report(message, from, nowMs, nowMs - this.#startedMs);
    if (outgoing === null) return 'replayed';
    for (const one of outgoing) this.#socket?.send(encodeWitnessMessage(one.message, pair.seal), one.to);
    if (pair.lease.holder !== before) this.#tell(pair);
    return null;
  }

  #tell({ name, lease: { holder, epoch } }: WitnessedPair): void {
    const text = holder === null ? `Nobody of pair ${name} serves any more.` : `The ${holder} of pair ${name} has the lease.`;
    this.#parts.log.write('notice', 'witness-lease', text, { pair: name, holder: holder ?? 'none', epoch });
  }

  #within(nowMs: number): boolean {
    if (nowMs - this.#windowMs >= windowMs) {
      this.#windowMs = nowMs;
      this.#budget = maxPerWindow;
    }
    return this.#budget-- > 0;
  }
}
