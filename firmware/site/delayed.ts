import type { Clock, Timer } from '../../hal/clock.ts';

/** Work to be done in a while, once, however often it is asked for meanwhile. */
export class Delayed {
  readonly #clock: Clock;
  readonly #name: string;
  readonly #work: () => unknown;
  #timer: Timer | null = null;
  #stopped = false;

  constructor(clock: Clock, name: string, work: () => unknown) {
    this.#clock = clock;
    this.#name = name;
    this.#work = work;
  }

  /** A wait that runs already stays as it is. */
  in(ms: number): void {
    if (this.#stopped || this.#timer !== null) return;
    this.#timer = this.#clock.after(this.#name, ms, () => {
      this.#timer = null;
      this.#work();
    });
  }

  /** For good. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }
}
