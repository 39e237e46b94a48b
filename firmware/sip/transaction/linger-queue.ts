import type { Clock, MonotonicMs, Timer } from '../../../hal/clock.ts';

/** Who waits, and is told when it has been long enough. */
export interface Lingerer {
  lingered(): void;
}

/** A wait. Leaving one that is over or was left does nothing. */
export interface Lingering {
  leave(): void;
}

/** Entries that are through are taken off the front in pieces of so many. */
const pieceEntries = 1024;

class Waiting implements Lingering {
  readonly dueMs: MonotonicMs;
  /** null = nobody waits there any more. */
  who: Lingerer | null;
  readonly #among: EqualWaits;

  constructor(among: EqualWaits, who: Lingerer, dueMs: MonotonicMs) {
    this.#among = among;
    this.who = who;
    this.dueMs = dueMs;
  }

  leave(): void {
    if (this.who === null) return;
    this.who = null;
    this.#among.left();
  }
}

/**
 * Waits that are all equally long, so that the first to begin is the first to end: one timer for all of them. Answered requests wait for half a minute
 * each, thousands at a time.
 */
class EqualWaits {
  readonly #clock: Clock;
  readonly #ms: number;
  #entries: Waiting[] = [];
  #first = 0;
  #waiting = 0;
  #timer: Timer | null = null;

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
  }

  add(who: Lingerer): Lingering {
    const entry = new Waiting(this, who, (this.#clock.monotonic() + this.#ms) as MonotonicMs);
    this.#entries.push(entry);
    this.#waiting += 1;
    this.#timer ??= this.#at(entry);
    return entry;
  }

  left(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
    this.#entries = [];
    this.#first = 0;
  }

  #at(entry: Waiting): Timer {
    return this.#clock.after('sip-linger', entry.dueMs - this.#clock.monotonic(), () => this.#due());
  }

  #due(): void {
    this.#timer = null;
    const now = this.#clock.monotonic();
    for (let entry = this.#entries[this.#first]; entry !== undefined; entry = this.#entries[this.#first]) {
      const { who } = entry;
      if (who !== null && entry.dueMs > now) break;
      this.#first += 1;
      if (who === null) continue;
      entry.leave();
      who.lingered();
    }
    if (this.#first >= pieceEntries) {
      this.#entries.splice(0, this.#first);
      this.#first = 0;
    }
    const next = this.#entries[this.#first];
    if (next !== undefined) this.#timer ??= this.#at(next);
  }
}

/** The waits of all transactions of a layer, by their length: there are three or four lengths. */
export class LingerQueue {
  readonly #clock: Clock;
  readonly #lengths = new Map<number, EqualWaits>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `who` is told after `ms`, unless it leaves before. */
  wait(ms: number, who: Lingerer): Lingering {
    const known = this.#lengths.get(ms) ?? new EqualWaits(this.#clock, ms);
    this.#lengths.set(ms, known);
    return known.add(who);
  }
}
