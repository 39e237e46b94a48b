import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';
import type { Reachability } from '../../hal/reachability.ts';
import type { PairTiming } from './pair-timing.ts';

export interface ReferencesParts {
  readonly clock: Clock;
  readonly reachability: Reachability;
  readonly addresses: readonly string[];
  /** Whether a PBX answers now, or did less than `referenceMs` ago; null = none is asked. */
  readonly pbxAlive: ((timeoutMs: number) => Promise<boolean>) | null;
  readonly timing: PairTiming;
  /** Something may have changed: an answer came, or a round is over. */
  readonly changed: () => void;
}

/** Rounds that may wait for answers at the same time; a driver that never answers does not pile them up. */
const maxRounds = 3;
const steadyRounds = 3;

/**
 * Tells a unit that was cut off from one whose partner died. Two questions with two measures:
 *
 *   `fresh`  for taking over: an answer of the last rounds, and since the partner fell silent, as an older one may be from before
 *            the cable of this very unit was pulled
 *   `sees`   for the beats: any answer within `blindMs`, so that a few lost pings do not make the partner take over
 *
 * The second lapses so much later than the first that when the reference itself dies, neither unit takes over from the other.
 */
export class References {
  readonly #parts: ReferencesParts;
  #seenMs: number | null = null;
  /** Since when answers have come without a gap; null = none comes. */
  #steadySinceMs: number | null = null;
  #notBeforeMs = -Infinity;
  #timer: Timer | null = null;
  #rounds = 0;
  #generation = 0;
  #carrier = true;

  constructor(parts: ReferencesParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#round();
  }

  stop(): void {
    this.#generation++;
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** The partner has been silent since `sinceMs`; null = it is heard. What was seen before does not count, and all are asked at once. */
  silence(sinceMs: MonotonicMs | number | null): void {
    const notBeforeMs = sinceMs ?? -Infinity;
    const began = sinceMs !== null && this.#notBeforeMs === -Infinity;
    this.#notBeforeMs = notBeforeMs;
    if (began && this.#timer !== null) this.#ask();
  }

  /** Carrier of the interface towards callers. */
  carrier(up: boolean): void {
    this.#carrier = up;
    if (!up) this.#seenMs = null;
    else if (this.#timer !== null) this.#ask();
    this.#parts.changed();
  }

  get fresh(): boolean {
    if (this.#nothingToAsk) return this.#carrier;
    const { clock, timing } = this.#parts;
    return this.#seenMs !== null && this.#seenMs >= this.#notBeforeMs && clock.monotonic() - this.#seenMs <= 2 * timing.referenceMs + timing.referenceTimeoutMs;
  }

  /** Answers have come for so many rounds that the partner must have had some too, if any reach it. */
  get steady(): boolean {
    const { clock, timing } = this.#parts;
    return this.#nothingToAsk || (this.fresh && this.#steadySinceMs !== null && clock.monotonic() - this.#steadySinceMs >= steadyRounds * timing.referenceMs);
  }

  get sees(): boolean {
    if (this.#nothingToAsk) return this.#carrier;
    return this.#seenMs !== null && this.#parts.clock.monotonic() - this.#seenMs <= this.#parts.timing.blindMs;
  }

  get #nothingToAsk(): boolean {
    return this.#parts.addresses.length === 0 && this.#parts.pbxAlive === null;
  }

  #round(): void {
    const { clock, timing, changed } = this.#parts;
    this.#timer = clock.after('pair references', timing.referenceMs, () => {
      this.#round();
      changed();
    });
    this.#ask();
  }

  #ask(): void {
    const { addresses, reachability, pbxAlive, timing } = this.#parts;
    if (this.#rounds >= maxRounds || this.#nothingToAsk) return;
    this.#rounds++;
    const generation = this.#generation;
    const seen = (answered: boolean): void => {
      if (answered && generation === this.#generation) this.#seen();
    };
    // A reference that cannot be asked (no privilege) is one that does not answer.
    const all = [...addresses.map((address) => reachability.answers(address, timing.referenceTimeoutMs)), ...(pbxAlive === null ? [] : [pbxAlive(timing.referenceTimeoutMs)])];
    void Promise.all(all.map((one) => one.then(seen, () => undefined))).then(() => this.#rounds--);
  }

  #seen(): void {
    if (!this.#carrier) return;
    const { clock, timing } = this.#parts;
    const nowMs = clock.monotonic();
    if (this.#seenMs === null || nowMs - this.#seenMs > 2 * timing.referenceMs + timing.referenceTimeoutMs) this.#steadySinceMs = nowMs;
    this.#seenMs = nowMs;
    this.#parts.changed();
  }
}
