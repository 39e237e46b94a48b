import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';
import type { ProcessControl } from '../../hal/process.ts';

/** Unpacking the program and opening the store are over by then. */
const firstMs = 1000;
const lookMs = 10_000;
const mostOftenMs = 10 * 60_000;
const mostOftenInNeedMs = 60_000;
/** When so much more is held than once was enough, it is worth while to do it as often as that, and a second time: calls that are over keep something for 32 s (RFC 3261, 64*T1). */
const worthBytes = 12 * 1024 * 1024;

export interface MemoryKeeperParts {
  readonly clock: Clock;
  readonly process: Pick<ProcessControl, 'collectGarbage' | 'giveBackMemory' | 'giveBackProgram' | 'residentBytes'>;
  /** Calls that are up, and those that there have been. */
  readonly calls: () => { readonly active: number; readonly total: number };
  /** New calls are refused for want of it. */
  readonly short: () => boolean;
}

/**
 * Gives back what the start and past calls have left over, while no call would notice: once soon after the start, then after calls, at most every 10
 * minutes, or every minute when there is much; pages of the program that are not in use every 10 s. When memory is short it does so every minute, calls or not: their set-up waits for some milliseconds, which is better than to refuse it.
 * Calls that stay, while no other comes, have their garbage collected once, when there is much: what they needed to begin. Their audio does not wait for this thread.
 */
export class MemoryKeeper {
  readonly #parts: MemoryKeeperParts;
  #timer: Timer;
  #givenMs: MonotonicMs | null = null;
  #totalThen = -1;
  /** The least that was held at a look. */
  #leastBytes = Infinity;
  #onceMore = false;
  /** At the last look, and when garbage was collected between two calls. */
  #totalBefore = -1;
  #totalCollected = -1;

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
    const held = process.residentBytes();
    this.#leastBytes = Math.min(this.#leastBytes, held);
    const isMuch = held - this.#leastBytes >= worthBytes;
    const changed = total !== this.#totalThen;
    const tooSoon = this.#givenMs !== null && now - this.#givenMs < (isShort || isMuch ? mostOftenInNeedMs : mostOftenMs);
    const inVain = active > 0 || !(changed || this.#onceMore);
    const noneCame = total === this.#totalBefore;
    this.#totalBefore = total;
    if (active > 0 && isMuch && noneCame && total !== this.#totalCollected) {
      this.#totalCollected = total;
      process.collectGarbage();
    }
    if (tooSoon || (inVain && !isShort)) return process.giveBackProgram();
    [this.#givenMs, this.#totalThen, this.#onceMore] = [now, total, changed && isMuch];
    process.giveBackMemory();
  }
}
