import type { Clock, Timer } from '../../hal/clock.ts';
import { keepCode, keepCodeMeanwhile, keepsCode, mayKeepCode } from '../build/code-cache.ts';

/** By then a unit that has just been installed has mostly had its first calls, whose code is kept too. */
const afterMs = 60_000;
const askAgainMs = 5_000;

/** Calls since the start, and those that are up. */
export interface CallCount {
  readonly total: number;
  readonly active: number;
}

/**
 * Keeps the control thread's compiled code for the next start, once, while nobody calls: it stops the thread for a moment. A start that has found code to use
 * does it after its first calls, if these are not in it: the first call after the next start is answered in some 6 instead of 9 ms. `stop` does it at the latest.
 */
export class KeepCodeWhenIdle {
  readonly #clock: Clock;
  readonly #calls: () => CallCount;
  readonly #kept: () => void;
  #timer: Timer | null = null;

  /** `kept` is called when it was done while the unit runs: what it took, some 10 MiB, may be given back. */
  constructor(clock: Clock, calls: () => CallCount, kept: () => void) {
    this.#clock = clock;
    this.#calls = calls;
    this.#kept = kept;
    if (keepsCode()) this.#wait(afterMs);
    else if (mayKeepCode()) this.#wait(askAgainMs);
  }

  /** The unit has stopped. */
  stop(): void {
    this.#timer?.cancel();
    if (keepsCode() || this.#calls().total > 0) keepCode();
  }

  #wait(ms: number): void {
    this.#timer = this.#clock.after('code cache', ms, () => {
      const { total, active } = this.#calls();
      if (active > 0 || (total === 0 && !keepsCode())) return this.#wait(askAgainMs);
      void keepCodeMeanwhile().then(this.#kept);
    });
  }
}
