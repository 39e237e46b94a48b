import { availableParallelism } from 'node:os';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import type { Clock, Timer } from '../../clock.ts';
import { askForPriority, leavePriority } from './scheduling.ts';

/** What V8's helpers have to do after a collection takes them a few milliseconds, or ten times as long in an emulator, beside others who have work. */
export const turnMs = 250;

/** Before others again from `turnMs` after the last collection on. */
export class HelpersTurn {
  readonly #clock: Clock;
  readonly #priority: { readonly leave: () => void; readonly take: () => void };
  #timer: Timer | null = null;

  constructor(clock: Clock, priority: { readonly leave: () => void; readonly take: () => void }) {
    this.#clock = clock;
    this.#priority = priority;
  }

  collected(): void {
    if (this.#timer === null) this.#priority.leave();
    this.#timer?.cancel();
    this.#timer = this.#clock.after('turn of helpers', turnMs, () => {
      this.#timer = null;
      this.#priority.take();
    });
  }
}

/**
 * For a thread that has got real-time priority, on a machine with one processor; on others it does nothing. When the old generation has been collected, V8 leaves
 * it to threads of its own to sweep the C++ objects, and has the collecting thread ask anew at each turn of its loop whether they are done. In real time it keeps them from
 * running by asking, and everybody else, until the kernel stops it (sched_rt_runtime_us: 950 ms of each second). So for a moment it is not in real time.
 */
export function letHelpersRun(clock: Clock): void {
  if (availableParallelism() > 1) return;
  const turn = new HelpersTurn(clock, { leave: () => void leavePriority(), take: () => void askForPriority() });
  const seen = new PerformanceObserver((list) => {
    if (list.getEntries().some(({ detail }) => (detail as { readonly kind?: number } | undefined)?.kind === constants.NODE_PERFORMANCE_GC_MAJOR)) turn.collected();
  });
  seen.observe({ entryTypes: ['gc'] });
}
