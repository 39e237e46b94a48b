import type { Clock, MonotonicMs } from '../../hal/clock.ts';
import type { ProcessControl } from '../../hal/process.ts';
import type { Log } from '../log.ts';

/** Of the budget. A call takes less than 1 %, so those that are up end well. */
const closesAt = 0.95;
/** What was given back must be seen to last. */
const opensAt = 0.9;
/** A look is a read of /proc, and calls may come by hundreds a second: what they take meanwhile is far less than is left above `closesAt`. */
const looksLastMs = 50;
const mib = 1024 * 1024;

export interface MemoryGateParts {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
  readonly process: Pick<ProcessControl, 'residentBytes'>;
  readonly budgetBytes: number;
}

/**
 * Whether there is memory for one more call. A unit that is nearly out of it refuses new calls, so that its PBX tries another unit: beyond the
 * budget the kernel would end the process, and all calls with it.
 */
export class MemoryGate {
  readonly #parts: MemoryGateParts;
  #short = false;
  #lookedMs: MonotonicMs | null = null;

  constructor(parts: MemoryGateParts) {
    this.#parts = parts;
  }

  /** By a look of just now. The first one that finds it short, or no longer, tells the log. */
  get short(): boolean {
    const { clock, log, process, budgetBytes } = this.#parts;
    const now = clock.monotonic();
    if (this.#lookedMs !== null && now - this.#lookedMs < looksLastMs) return this.#short;
    this.#lookedMs = now;
    const usedBytes = process.residentBytes();
    const short = usedBytes >= budgetBytes * (this.#short ? opensAt : closesAt);
    if (short === this.#short) return short;
    this.#short = short;
    const held = `the process holds ${Math.round(usedBytes / mib)} of ${Math.round(budgetBytes / mib)} MiB`;
    if (short) log.write('alert', 'memory-short', `New calls are refused: ${held}.`);
    else log.write('notice', 'memory-enough', `New calls are taken again: ${held}.`);
    return short;
  }

  /** What a call is told that cannot be taken; null = it can. */
  refuse(): string | null {
    return this.short ? 'Memory is short' : null;
  }
}
