import type { Clock, MonotonicMs, Timer, WallMs } from '../../../hal/clock.ts';

interface Due extends Timer {
  atMs: number;
  fire: (() => void) | null;
}

/** Time in a variable and a few timers, one of a name and each made once: next to nothing of its own that would be measured. */
export class BareClock implements Clock {
  nowMs = 0;
  readonly #due: Due[] = [];

  monotonic(): MonotonicMs {
    return this.nowMs as MonotonicMs;
  }

  wall(): WallMs {
    return this.nowMs as WallMs;
  }

  after(name: string, delayMs: number, fire: () => void): Timer {
    const due = this.#named(name);
    due.atMs = this.nowMs + delayMs;
    due.fire = fire;
    return due;
  }

  pending(): readonly Timer[] {
    return [];
  }

  step(): void {
    for (let at = 0; at < this.#due.length; at++) {
      const due = this.#due[at];
      if (due === undefined || due.fire === null || due.atMs > this.nowMs) continue;
      const { fire } = due;
      due.fire = null;
      fire();
    }
  }

  #named(name: string): Due {
    for (let at = 0; at < this.#due.length; at++) if (this.#due[at]?.name === name) return this.#due[at] as Due;
    const due: Due = { name, dueMs: 0 as MonotonicMs, atMs: 0, fire: null, cancel: () => void (due.fire = null) };
    this.#due.push(due);
    return due;
  }
}
