import type { MonotonicMs } from '../../../hal/clock.ts';

/**
 * How much may be sent when: `bytesPerSec` on the long run, `burstBytes` at once after a rest. Pure but for its own count; the time
 * is handed in.
 */
export class TokenBucket {
  readonly #bytesPerSec: () => number;
  readonly #burstBytes: number;
  #tokens: number;
  #atMs: MonotonicMs;

  /** `bytesPerSec` is asked at each use, so that a changed setting holds at once. */
  constructor(bytesPerSec: () => number, burstBytes: number, nowMs: MonotonicMs) {
    this.#bytesPerSec = bytesPerSec;
    this.#burstBytes = burstBytes;
    this.#tokens = burstBytes;
    this.#atMs = nowMs;
  }

  /** 0 = taken; else nothing was taken, and asking again makes sense after so many milliseconds. `bytes` at most the burst. */
  take(bytes: number, nowMs: MonotonicMs): number {
    const rate = this.#bytesPerSec() / 1000;
    this.#tokens = Math.min(this.#burstBytes, this.#tokens + (nowMs - this.#atMs) * rate);
    this.#atMs = nowMs;
    // A hair's breadth of slack: otherwise rounding asks for waits of a billionth of a millisecond.
    if (this.#tokens + 1e-6 < bytes) return Math.ceil((bytes - this.#tokens) / rate);
    this.#tokens = Math.max(0, this.#tokens - bytes);
    return 0;
  }
}
