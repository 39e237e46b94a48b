/** Silence on a line whose exchange does not show that the far end has gone: so long below a level, without a break. */
import { isBelow, powerOf } from '../level.ts';
import { samplesPerMs } from '../audio-format.ts';
import type { CodecName } from '../media-protocol.ts';

export class SilenceDetector {
  readonly #limit: Float64Array;
  readonly #longest: number;
  #quiet = 0;

  /** Silent: below `belowDbm0` for `ms`. */
  constructor(belowDbm0: number, ms: number) {
    this.#limit = Float64Array.of(powerOf(belowDbm0));
    this.#longest = ms * samplesPerMs;
  }

  reset(): void {
    this.#quiet = 0;
  }

  get silentMs(): number {
    return this.#quiet / samplesPerMs;
  }

  /** Takes frame[0..samples); true when the time has just been reached, and again after each further such time. */
  hear(codec: CodecName, frame: Uint8Array, samples: number): boolean {
    const before = this.#quiet;
    this.#quiet = isBelow(codec, frame, 0, samples, this.#limit) ? before + samples : 0;
    return Math.trunc(this.#quiet / this.#longest) > Math.trunc(before / this.#longest);
  }
}
