import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';

const everyMs = 60 * 60_000;
/** While somebody calls it is looked for a moment without calls. */
const busyEveryMs = 5 * 60_000;

export interface HouseKeeperParts {
  readonly clock: Clock;
  /** Calls that are up. */
  readonly calls: () => number;
  /** `ages`: messages grow old too, which costs more. Never rejects. */
  readonly housekeep: (ages: boolean) => void;
}

/** Has the store put in order: every hour, and better while nobody calls. Where there is always a call, messages grow old an hour late at most, not never. */
export class HouseKeeper {
  readonly #parts: HouseKeeperParts;
  #timer: Timer | null = null;
  #agedMs: MonotonicMs;

  constructor(parts: HouseKeeperParts) {
    this.#parts = parts;
    this.#agedMs = parts.clock.monotonic();
  }

  start(): void {
    this.#look();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #look(): void {
    const { clock, calls, housekeep } = this.#parts;
    const now = clock.monotonic();
    const isIdle = calls() === 0;
    const ages = isIdle || now - this.#agedMs >= everyMs;
    if (ages) this.#agedMs = now;
    housekeep(ages);
    this.#timer = clock.after('housekeeping', isIdle ? everyMs : busyEveryMs, () => this.#look());
  }
}
