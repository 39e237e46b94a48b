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
  #timer: Timer | null = null;

  constructor(clock: Clock, isIdle: () => boolean) {
    this.#clock = clock;
    this.#isIdle = isIdle;
    if (keepsCode()) this.#wait(afterMs);
  }

  /** The unit has stopped. */
  stop(): void {
    this.#timer?.cancel();
    keepCode();
  }

  #wait(ms: number): void {
    this.#timer = this.#clock.after('code cache', ms, () => {
      if (this.#isIdle()) keepCode();
      else this.#wait(askAgainMs);
    });
  }
}
