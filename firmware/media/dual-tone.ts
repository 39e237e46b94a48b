/** One or two sines with soft edges, written as G.711. Used for beeps and for DTMF sent in-band. */
import { samplesOf, samplesPerMs } from './audio-format.ts';
import { peakOf } from './level.ts';
import { phaseStep, sineAt } from './sine.ts';

/** Rise and fall, so that a tone does not begin or end with a click. */
const rampSamples = 4 * samplesPerMs;

export class DualTone {
  #stepA = 0;
  #stepB = 0;
  #peakA = 0;
  #peakB = 0;
  #phaseA = 0;
  #phaseB = 0;
  #length = 0;
  #at = 0;

  /** Starts a tone of `ms`; a second frequency of 0 = one sine. Levels in dBm0. */
  begin(hzA: number, levelA: number, hzB: number, levelB: number, ms: number): void {
    this.#stepA = phaseStep(hzA);
    this.#stepB = phaseStep(hzB);
    this.#peakA = peakOf(levelA);
    this.#peakB = hzB === 0 ? 0 : peakOf(levelB);
    this.#phaseA = 0;
    this.#phaseB = 0;
    this.#length = samplesOf(ms);
    this.#at = 0;
  }

  get done(): boolean {
    return this.#at >= this.#length;
  }

  /** Writes at most `samples` codes to out[at..]; returns how many, fewer only at the tone's end. */
  fill(out: Uint8Array, at: number, samples: number, encode: Uint8Array): number {
    const count = Math.min(samples, this.#length - this.#at);
    for (let index = 0; index < count; index++) out[at + index] = encode[this.#next() + 32_768] ?? 0;
    return count;
  }

  #next(): number {
    const value = this.#peakA * sineAt(this.#phaseA) + this.#peakB * sineAt(this.#phaseB);
    const edge = Math.min(this.#at + 1, this.#length - this.#at, rampSamples);
    this.#phaseA = (this.#phaseA + this.#stepA) | 0;
    this.#phaseB = (this.#phaseB + this.#stepB) | 0;
    this.#at++;
    return Math.max(-32_768, Math.min(32_767, Math.round((value * edge) / rampSamples)));
  }
}
