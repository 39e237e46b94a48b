import type { MonotonicMs } from '../../hal/clock.ts';

/** What is the same again is told again after so long, in case somebody took it away from the broker. */
export const refreshMs = 10 * 60_000;

/** When a note that the broker keeps is told anew: when it has changed or was lost, and not more often than every `leastMs`. */
export class KeptNote {
  readonly #leastMs: number;
  #text: string | null = null;
  #toldMs: MonotonicMs | null = null;

  constructor(leastMs: number) {
    this.#leastMs = leastMs;
  }

  /** `text`: what it says, without the time. */
  isDue(text: string, nowMs: MonotonicMs): boolean {
    if (this.#toldMs === null) return true;
    const age = nowMs - this.#toldMs;
    return age >= refreshMs || (age >= this.#leastMs && text !== this.#text);
  }

  told(text: string, nowMs: MonotonicMs): void {
    this.#text = text;
    this.#toldMs = nowMs;
  }

  /** The broker does not have it, or has something else. The pause between two stays. */
  lost(): void {
    this.#text = null;
  }

  /** A new connection: at once. */
  forget(): void {
    this.#toldMs = null;
  }
}
