import type { Clock, MonotonicMs, Timer, WallMs } from '../../clock.ts';

/** Node turns a longer delay into 1 ms; a longer wait is made of several. */
const longestDelayMs = 2 ** 30;

/** CLOCK_MONOTONIC and Node's timers. Node may fire a timer up to 1 ms early; this one never does. */
export class LinuxClock implements Clock {
  readonly #waiting = new Set<LinuxTimer>();

  monotonic(): MonotonicMs {
    return performance.now() as MonotonicMs;
  }

  wall(): WallMs {
    return Date.now() as WallMs;
  }

  after(name: string, delayMs: number, fire: () => void): Timer {
    return new LinuxTimer(name, (performance.now() + Math.max(0, delayMs)) as MonotonicMs, delayMs <= 0, fire, this.#waiting);
  }

  pending(): readonly Timer[] {
    return [...this.#waiting];
  }
}

class LinuxTimer implements Timer {
  readonly name: string;
  readonly dueMs: MonotonicMs;
  readonly #fire: () => void;
  readonly #waiting: Set<LinuxTimer>;
  #timeout: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;

  constructor(name: string, dueMs: MonotonicMs, nextTurn: boolean, fire: () => void, waiting: Set<LinuxTimer>) {
    this.name = name;
    this.dueMs = dueMs;
    this.#fire = fire;
    this.#waiting = waiting;
    waiting.add(this);
    if (nextTurn) this.#immediate = setImmediate(() => this.#run());
    else this.#sleep();
  }

  cancel(): void {
    this.#waiting.delete(this);
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
  }

  #sleep(): void {
    // On a machine that is held up it may be past by now, and Node complains of a negative delay.
    const leftMs = Math.max(0, this.dueMs - performance.now());
    this.#timeout = setTimeout(() => this.#woken(), Math.min(Math.ceil(leftMs), longestDelayMs));
  }

  #woken(): void {
    if (performance.now() < this.dueMs) this.#sleep();
    else this.#run();
  }

  #run(): void {
    this.#waiting.delete(this);
    this.#fire();
  }
}
