import type { Clock, Timer } from '../../hal/clock.ts';

/** How often the loop is asked to be there. */
const everyMs = 200;

/** How late this thread's loop comes to its work: a timer that should fire every 200 ms, and the worst that it was late. */
export class LagMeter {
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #worstMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nothing of the first `unmeasuredMs` is held against the thread. */
  start(unmeasuredMs = 0): void {
    if (unmeasuredMs === 0) this.#sleep();
    else this.#timer = this.#clock.after('loop lag', unmeasuredMs, () => this.#sleep());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** The worst since the last taking, in milliseconds. */
  take(): number {
    const worstMs = Math.max(this.#worstMs, this.#overdueMs());
    this.#worstMs = 0;
    return worstMs;
  }

  #sleep(): void {
    this.#timer = this.#clock.after('loop lag', everyMs, () => {
      this.#worstMs = Math.max(this.#worstMs, this.#overdueMs());
      this.#sleep();
    });
  }

  #overdueMs(): number {
    return this.#timer === null ? 0 : Math.max(0, this.#clock.monotonic() - this.#timer.dueMs);
  }
}
