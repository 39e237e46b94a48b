import type { Clock, Timer } from '../../hal/clock.ts';
import { keepCode, keepsCode } from '../build/code-cache.ts';

/** By then a unit that has just been installed has mostly had its first calls, whose code is kept too. */
const afterMs = 60_000;
const askAgainMs = 5_000;

/**
 * Keeps the control thread's compiled code for the next start, once, while nobody calls: it stops the thread for a moment. `stop` does it at the latest.
 */
export class KeepCodeWhenIdle {
  readonly #clock: Clock;
  readonly #isIdle: () => boolean;
  readonly #kept: () => void;
  #timer: Timer | null = null;

  /** `kept` is called when it was done while the unit runs: what it took, some 10 MiB, may be given back. */
  constructor(clock: Clock, isIdle: () => boolean, kept: () => void) {
    this.#clock = clock;
    this.#isIdle = isIdle;
    this.#kept = kept;
    if (keepsCode()) this.#wait(afterMs);
  }

  /** The unit has stopped. */
  stop(): void {
    this.#timer?.cancel();
    keepCode();
  }

  #wait(ms: number): void {
    this.#timer = this.#clock.after('code cache', ms, () => {
      if (!this.#isIdle()) return this.#wait(askAgainMs);
      keepCode();
      this.#kept();
    });
  }
}
