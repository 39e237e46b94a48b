import type { Clock, Timer } from '../../hal/clock.ts';

/** The timers of one flow, one per name. */
export class FlowTimers {
  readonly #clock: Clock;
  readonly #fired: (name: string) => void;
  readonly #timers = new Map<string, Timer>();

  constructor(clock: Clock, fired: (name: string) => void) {
    this.#clock = clock;
    this.#fired = fired;
  }

  /** One of that name that runs already begins anew. */
  start(name: string, ms: number): void {
    this.cancel(name);
    const fire = (): void => {
      this.#timers.delete(name);
      this.#fired(name);
    };
    this.#timers.set(name, this.#clock.after(`flow-${name}`, ms, fire));
  }

  cancel(name: string): void {
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
  }

  cancelAll(): void {
    this.#timers.forEach((timer) => timer.cancel());
    this.#timers.clear();
  }
}
