import type { Clock, MonotonicMs, Timer, WallMs } from '../../hal/clock.ts';

/** The clock of one run of one unit: when that is killed, nothing it waited for happens any more. */
export class MortalClock implements Clock {
  readonly #base: Clock;
  readonly #timers = new Set<Timer>();
  #dead = false;

  constructor(base: Clock) {
    this.#base = base;
  }

  monotonic(): MonotonicMs {
    return this.#base.monotonic();
  }

  wall(): WallMs {
    return this.#base.wall();
  }

  after(name: string, delayMs: number, fire: () => void): Timer {
    const timer = this.#base.after(name, delayMs, () => {
      this.#timers.delete(timer);
      if (!this.#dead) fire();
    });
    if (this.#dead) timer.cancel();
    else this.#timers.add(timer);
    return { name, dueMs: timer.dueMs, cancel: () => void (timer.cancel(), this.#timers.delete(timer)) };
  }

  pending(): readonly Timer[] {
    return [...this.#timers];
  }

  die(): void {
    this.#dead = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
