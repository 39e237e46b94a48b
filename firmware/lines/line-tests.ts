import type { Clock, Timer } from '../../hal/clock.ts';
import type { LineTest, LineTestResult } from '../media/media-protocol.ts';

/** The media thread has so long beyond the time of the test itself, in milliseconds. */
const graceMs = 5000;

interface Waiting {
  readonly done: (result: LineTestResult) => void;
  readonly failed: (error: Error) => void;
  readonly limit: Timer;
}

/** Tests of lines that wait for their result: one per line. */
export class LineTests {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws a sentence when another test runs; rejects with one when the line fails, or when no result comes. */
  begin(line: number, test: LineTest): Promise<LineTestResult> {
    if (this.#waiting.has(line)) throw new Error('another test of this line runs');
    return new Promise((done, failed) => {
      const limit = this.#clock.after('line-test', test.ms + graceMs, () => this.failed(line, 'no result came'));
      this.#waiting.set(line, { done, failed, limit });
    });
  }

  done(line: number, result: LineTestResult): void {
    this.#take(line)?.done(result);
  }

  failed(line: number, text: string): void {
    this.#take(line)?.failed(new Error(text));
  }

  #take(line: number): Waiting | null {
    const waiting = this.#waiting.get(line) ?? null;
    waiting?.limit.cancel();
    this.#waiting.delete(line);
    return waiting;
  }
}
