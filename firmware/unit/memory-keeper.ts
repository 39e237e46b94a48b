import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';
import type { ProcessControl } from '../../hal/process.ts';

/** Unpacking the program and opening the store are over by then. */
const firstMs = 1000;
const lookMs = 10_000;
const mostOftenMs = 10 * 60_000;
const mostOftenWhenShortMs = 60_000;

export interface MemoryKeeperParts {
  readonly clock: Clock;
  readonly process: Pick<ProcessControl, 'giveBackMemory' | 'giveBackProgram'>;
  /** Calls that are up, and those that there have been. */
  readonly calls: () => { readonly active: number; readonly total: number };
  /** New calls are refused for want of it. */
  readonly short: () => boolean;
}

/**
 * Gives back what the start and past calls have left over, while no call would notice: once soon after the start, then after calls, at most every 10
 * minutes; pages of the program that are not in use every 10 s. When memory is short it does so every minute, calls or not: their set-up waits for some milliseconds, which is better than to refuse it.
 */
export class MemoryKeeper {
  readonly #parts: MemoryKeeperParts;
  #timer: Timer;
  #givenMs: MonotonicMs | null = null;
  #totalThen = -1;

  constructor(parts: MemoryKeeperParts) {
    this.#parts = parts;
    this.#timer = this.#lookAfter(firstMs);
  }

  stop(): void {
    this.#timer.cancel();
  }

  #lookAfter(ms: number): Timer {
    return this.#parts.clock.after('memory-keeper', ms, () => {
      this.#look();
      this.#timer = this.#lookAfter(lookMs);
    });
  }

  #look(): void {
    const { clock, process, calls, short } = this.#parts;
    const { active, total } = calls();
    const now = clock.monotonic();
    const isShort = short();
    const tooSoon = this.#givenMs !== null && now - this.#givenMs < (isShort ? mostOftenWhenShortMs : mostOftenMs);
    if (tooSoon || (!isShort && (active > 0 || total === this.#totalThen))) return process.giveBackProgram();
    [this.#givenMs, this.#totalThen] = [now, total];
    process.giveBackMemory();
  }
}
