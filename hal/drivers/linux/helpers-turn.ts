import { availableParallelism } from 'node:os';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { askForPriority, leavePriority } from './scheduling.ts';

/** What V8's helpers have to do after a collection takes them a few milliseconds, or ten times as long in an emulator, beside others who have work. */
export const turnMs = 250;

export interface HelpersTurnParts {
  /** Does something after `ms`; what comes back gives that up. */
  readonly after: (ms: number, fire: () => void) => () => void;
  readonly leave: () => void;
  readonly take: () => void;
}

/** Leaves priority when something was collected, and takes it again `turnMs` after the last collection. */
export class HelpersTurn {
  readonly #parts: HelpersTurnParts;
  #giveUp: (() => void) | null = null;

  constructor(parts: HelpersTurnParts) {
    this.#parts = parts;
  }

  collected(): void {
    if (this.#giveUp === null) this.#parts.leave();
    this.#giveUp?.();
    this.#giveUp = this.#parts.after(turnMs, () => {
      this.#giveUp = null;
      this.#parts.take();
    });
  }
}

/**
 * For a thread that has got real-time priority, on a machine with one processor; on others it does nothing. When the old generation has been collected, V8 leaves
 * it to threads of its own to sweep the C++ objects, and has the collecting thread ask anew at each turn of its loop whether they are done. In real time it keeps them from
 * running by asking, and everybody else, until the kernel stops it (sched_rt_runtime_us: 950 ms of each second). So for a moment it is not in real time.
 */
export function letHelpersRun(): void {
  if (availableParallelism() > 1) return;
  const turn = new HelpersTurn({ after, leave: () => void leavePriority(), take: () => void askForPriority() });
  const seen = new PerformanceObserver((list) => {
    if (list.getEntries().some(({ detail }) => (detail as { readonly kind?: number } | undefined)?.kind === constants.NODE_PERFORMANCE_GC_MAJOR)) turn.collected();
  });
  seen.observe({ entryTypes: ['gc'] });
}

/** Keeps no thread from ending. */
function after(ms: number, fire: () => void): () => void {
  const timeout = setTimeout(fire, ms).unref();
  return () => clearTimeout(timeout);
}
