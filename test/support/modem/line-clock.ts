import type { Clock } from '../../../hal/clock.ts';

const rate = 8;
/** In one go, so that a host that answers each sample keeps up after a pause of this machine. */
const atOnce = 80;
/** Line time further behind than this is given up: the line stood still, nothing was lost. */
const behindLimit = 800;

/** The modem's crystal: how many samples have become due, 8000 a second, `ppm` fast. */
export class LineClock {
  readonly #clock: Clock;
  readonly #perMs: number;
  #sinceMs: number | null = null;
  #counted = 0;

  constructor(clock: Clock, ppm: number) {
    this.#clock = clock;
    this.#perMs = rate * (1 + ppm / 1_000_000);
  }

  due(running: boolean): number {
    if (!running) {
      this.#sinceMs = null;
      return 0;
    }
    if (this.#sinceMs === null) {
      this.#sinceMs = this.#clock.monotonic();
      this.#counted = 0;
    }
    const behind = Math.floor((this.#clock.monotonic() - this.#sinceMs) * this.#perMs) - this.#counted;
    const now = Math.min(behind, atOnce);
    this.#counted += now;
    if (behind > behindLimit) this.#sinceMs += (behind - behindLimit) / this.#perMs;
    return now;
  }
}
