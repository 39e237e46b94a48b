/**
 * The beat of all ports: absolute deadlines every 10 ms from the moment of `start`. Waking late, it makes up at most `maxCatchUp` ticks;
 * older ones are skipped and counted, so that a long stall neither drifts nor ends in a burst. One timer per tick for all ports.
 *
 *   deadlines  |    |    |    |    |    |    |    |    |
 *   woken      ^    ^    ^            (stall)            ^
 *   done       1    2    3    - - skipped - -   4  5  6  7  8
 */
import type { Clock, Timer } from '../../hal/clock.ts';

export const maxCatchUp = 5;
/** Timers of this machine may fire a little early; a deadline this near is met. */
const earlyMs = 0.5;

export interface PacerStats {
  /** Ticks done more than one tick after their deadline, since boot. */
  lateTicks: number;
  /** Ticks not done at all, since boot. */
  skippedTicks: number;
  /** Since it was last set to 0. */
  worstLateMs: number;
}

export class Pacer {
  readonly stats: PacerStats = { lateTicks: 0, skippedTicks: 0, worstLateMs: 0 };
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #tick: (nowMs: number) => void;
  readonly #skip: (ticks: number) => void;
  readonly #wake: () => void;
  #timer: Timer | null = null;
  #originMs = 0;
  /** Deadlines since the origin that are behind us, done or skipped. */
  #passed = 0;

  /** `tick` does one tick of every port; `skip` tells that so many just passed undone. Both are called from the timer only. */
  constructor(clock: Clock, tickMs: number, tick: (nowMs: number) => void, skip: (ticks: number) => void) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    this.#tick = tick;
    this.#skip = skip;
    this.#wake = () => this.#catchUp();
  }

  /** The first deadline is one tick from now. Running already: nothing happens. */
  start(): void {
    if (this.#timer !== null) return;
    this.#originMs = this.#clock.monotonic();
    this.#passed = 0;
    this.#sleep(this.#originMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #catchUp(): void {
    const nowMs = this.#clock.monotonic();
    const due = Math.floor((nowMs + earlyMs - this.#originMs) / this.#tickMs) - this.#passed;
    const skipped = Math.max(0, due - maxCatchUp);
    if (due > 0) this.#note(nowMs, due, skipped);
    if (skipped > 0) this.#skip(skipped);
    this.#passed += Math.max(0, due);
    this.#sleep(nowMs);
    for (let left = due - skipped; left > 0 && this.#timer !== null; left--) this.#tick(nowMs);
  }

  #note(nowMs: number, due: number, skipped: number): void {
    const lateMs = nowMs - (this.#originMs + (this.#passed + 1) * this.#tickMs);
    this.stats.worstLateMs = Math.max(this.stats.worstLateMs, lateMs);
    this.stats.skippedTicks += skipped;
    this.stats.lateTicks += due - skipped - 1; // of those done, all but the last are a tick or more behind
  }

  #sleep(nowMs: number): void {
    const nextMs = this.#originMs + (this.#passed + 1) * this.#tickMs;
    this.#timer = this.#clock.after('media pacer', nextMs - nowMs, this.#wake);
  }
}
