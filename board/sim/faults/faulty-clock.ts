import type { Clock, MonotonicMs, Timer, WallMs } from '../../../hal/clock.ts';

/** The real clock, with a time of day that can be moved. */
export class FaultyClock implements Clock {
  offsetMs = 0;
  readonly #real: Clock;

  constructor(real: Clock) {
    this.#real = real;
  }

  monotonic(): MonotonicMs {
    return this.#real.monotonic();
  }

  wall(): WallMs {
    return (this.#real.wall() + this.offsetMs) as WallMs;
  }

  after(name: string, delayMs: number, fire: () => void): Timer {
    return this.#real.after(name, delayMs, fire);
  }

  pending(): readonly Timer[] {
    return this.#real.pending();
  }
}
