import type { Clock, Timer } from '../../hal/clock.ts';
import { litAt, type LedPattern } from './led-patterns.ts';

/** One LED that plays a pattern. */
export class Led {
  readonly #clock: Clock;
  readonly #light: (lit: boolean) => void;
  #pattern: LedPattern = 'off';
  #sinceMs = 0;
  #timer: Timer | null = null;

  constructor(clock: Clock, light: (lit: boolean) => void) {
    this.#clock = clock;
    this.#light = light;
  }

  get pattern(): LedPattern {
    return this.#pattern;
  }

  /** The one that plays already goes on without a break. */
  play(pattern: LedPattern): void {
    if (pattern === this.#pattern) return;
    this.#pattern = pattern;
    this.#sinceMs = this.#clock.monotonic();
    this.#turn();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #turn(): void {
    this.#timer?.cancel();
    const { lit, forMs } = litAt(this.#pattern, this.#clock.monotonic() - this.#sinceMs);
    this.#light(lit);
    this.#timer = forMs === Infinity ? null : this.#clock.after('led', forMs, () => this.#turn());
  }
}
