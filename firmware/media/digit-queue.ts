/** Digits that wait to be sent, with how long each sounds. At most 64; what is more is refused. */
import { tonesOf } from './dtmf-tones.ts';

export const maxDigits = 64;

export interface QueuedDigit {
  readonly digit: string;
  readonly toneMs: number;
  readonly gapMs: number;
}

export class DigitQueue {
  #waiting: QueuedDigit[] = [];

  clear(): void {
    this.#waiting = [];
  }

  /** Characters that are no digits are left out. Tones are brought to 40..8,000 ms, gaps to 40..10,000 ms. */
  add(digits: string, toneMs: number, gapMs: number): void {
    const tone = Math.min(8000, Math.max(40, toneMs));
    const gap = Math.min(10_000, Math.max(40, gapMs));
    for (const digit of digits.slice(0, maxDigits)) {
      if (tonesOf(digit) !== null && this.#waiting.length < maxDigits) this.#waiting.push({ digit, toneMs: tone, gapMs: gap });
    }
  }

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  take(): QueuedDigit | null {
    return this.#waiting.shift() ?? null;
  }
}
