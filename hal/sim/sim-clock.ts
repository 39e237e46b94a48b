import type { Clock, MonotonicMs, Timer, WallMs } from '../clock.ts';

interface Waiting extends Timer {
  readonly order: number;
  readonly fire: () => void;
}

/**
 * Virtual time: stands still until `advance` is called, then runs every timer in order of its deadline, letting promises settle
 * after each one. The wall clock is a separate reading that tests may step.
 */
export class SimClock implements Clock {
  #now = 0;
  #wallOffset: number;
  #order = 0;
  readonly #waiting = new Set<Waiting>();

  /** `wallMs`: what the wall clock shows at the start (2026-01-05T09:00Z, a Monday, unless told). */
  constructor(wallMs: number = Date.UTC(2026, 0, 5, 9, 0, 0)) {
    this.#wallOffset = wallMs;
  }

  monotonic(): MonotonicMs {
    return this.#now as MonotonicMs;
  }

  wall(): WallMs {
    return (this.#now + this.#wallOffset) as WallMs;
  }

  /** The machine stands still for so long: time goes on and no timer fires; those that were due fire late. */
  stall(ms: number): void {
    this.#now += ms;
  }

  /** Moves the wall clock alone, as NTP or a technician would. */
  stepWall(byMs: number): void {
    this.#wallOffset += byMs;
  }

  after(name: string, delayMs: number, fire: () => void): Timer {
    const waiting: Waiting = {
      name,
      dueMs: (this.#now + Math.max(0, delayMs)) as MonotonicMs,
      order: this.#order++,
      fire,
      cancel: () => void this.#waiting.delete(waiting),
    };
    this.#waiting.add(waiting);
    return waiting;
  }

  pending(): readonly Timer[] {
    return [...this.#waiting];
  }

  /** Runs the next `ms` milliseconds. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (let next = this.#next(until); next !== null; next = this.#next(until)) {
      this.#now = Math.max(this.#now, next.dueMs);
      this.#waiting.delete(next);
      next.fire();
      await settle();
    }
    this.#now = until;
    await settle();
  }

  /** As `advance`, all in one turn: for long times of code that needs no promise (voice), many times as fast. */
  rush(ms: number): void {
    const until = this.#now + ms;
    for (let next = this.#next(until); next !== null; next = this.#next(until)) {
      this.#now = Math.max(this.#now, next.dueMs);
      this.#waiting.delete(next);
      next.fire();
    }
    this.#now = until;
  }

  /** Advances in steps until `done` or `limitMs` has passed; returns whether it came true. */
  async until(done: () => boolean, limitMs: number, stepMs = 5): Promise<boolean> {
    await settle();
    for (let passed = 0; !done() && passed < limitMs; passed += stepMs) await this.advance(stepMs);
    return done();
  }

  #next(until: number): Waiting | null {
    let best: Waiting | null = null;
    for (const one of this.#waiting) {
      if (one.dueMs > until) continue;
      if (best === null || one.dueMs < best.dueMs || (one.dueMs === best.dueMs && one.order < best.order)) best = one;
    }
    return best;
  }
}

/** Lets everything that is ready run: promise continuations and immediates, several turns deep. */
export async function settle(turns = 4): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
