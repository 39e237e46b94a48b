/** Runs one test of a line at a time; a line that gives no frames ends it by time. */
import type { Clock, Timer } from '../../../hal/clock.ts';
import { silenceCode } from '../../../hal/g711.ts';
import type { CodecName, LineTest, LineTestResult } from '../media-protocol.ts';
import { LineTestRun } from './line-test-run.ts';

/** What a line without frames is given beyond twice the length of its test. */
const graceMs = 2000;

export class LineTester {
  readonly #clock: Clock;
  readonly #ended: (result: LineTestResult) => void;
  #run: LineTestRun | null = null;
  #law: CodecName = 'PCMU';
  #timer: Timer | null = null;

  constructor(clock: Clock, ended: (result: LineTestResult) => void) {
    this.#clock = clock;
    this.#ended = ended;
  }

  get running(): boolean {
    return this.#run !== null;
  }

  /** One that runs is broken off. */
  begin(test: LineTest, law: CodecName): void {
    this.stop();
    this.#law = law;
    this.#run = new LineTestRun(test, law);
    this.#timer = this.#clock.after('media line test', 2 * this.#run.ms + graceMs, () => this.#end());
  }

  /** Takes a frame of the line, writes the next to out[0..160); false = nothing is to be sent. */
  frame(frame: Uint8Array, out: Uint8Array): boolean {
    const sends = this.#run?.frame(frame, out, silenceCode(this.#law)) === true;
    if (this.#run?.done === true) this.#end();
    return sends;
  }

  /** Without a result. */
  stop(): void {
    this.#run = null;
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** Also when no frames came: then it says that nothing was sent or heard. */
  #end(): void {
    const result = this.#run?.result;
    this.stop();
    if (result !== undefined) this.#ended(result);
  }
}
