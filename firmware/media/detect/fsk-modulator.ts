/** 1200 Bd FSK with continuous phase (Bell 202, V.23): channel seizure, mark, bytes with start and stop bit, mark. */
import { peakOf } from '../level.ts';
import { phaseStep, sineAt } from '../sine.ts';
import type { FskTones } from './fsk-tones.ts';

/** GR-30-CORE section 2.2: -13.5 dBm at the central office. */
const usualLevelDbm0 = -13.5;
/** A bit is 20/3 samples; time is counted in thirds of a sample. */
const bitThirds = 20;

/** How a transmission begins and ends, in bits. */
export interface FskFraming {
  /** 0 and 1 in turn, beginning with 0. */
  readonly seizureBits: number;
  readonly markBits: number;
  readonly endBits: number;
}

export class FskModulator {
  readonly #markStep: number;
  readonly #spaceStep: number;
  readonly #peak: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #framing: FskFraming = { seizureBits: 0, markBits: 0, endBits: 0 };
  #phase = 0;
  #thirds = 0;
  #bits = 0;

  constructor(tones: FskTones, levelDbm0 = usualLevelDbm0) {
    this.#markStep = phaseStep(tones.markHz);
    this.#spaceStep = phaseStep(tones.spaceHz);
    this.#peak = peakOf(levelDbm0);
  }

  /** Starts a transmission of `bytes`, which stay the caller's to keep unchanged until it is done. */
  begin(bytes: Uint8Array, framing: FskFraming): void {
    this.#bytes = bytes;
    this.#framing = framing;
    this.#phase = 0;
    this.#thirds = 0;
    this.#bits = framing.seizureBits + framing.markBits + 10 * bytes.length + framing.endBits;
  }

  /** Of the whole transmission. */
  get samples(): number {
    return Math.ceil((this.#bits * bitThirds) / 3);
  }

  get done(): boolean {
    return this.#thirds >= this.#bits * bitThirds;
  }

  /** Writes at most `samples` codes to out[at..]; returns how many, fewer only at the end. `encode` as in `hal/g711.ts`. */
  fill(out: Uint8Array, at: number, samples: number, encode: Uint8Array): number {
    let count = 0;
    while (count < samples && !this.done) out[at + count++] = encode[this.#next() + 32_768] ?? 0;
    return count;
  }

  /** A sample in which the bit changes turns by its share of each tone. */
  #next(): number {
    const value = Math.round(this.#peak * sineAt(this.#phase));
    const bit = Math.trunc(this.#thirds / bitThirds);
    const ofThis = Math.min(3, (bit + 1) * bitThirds - this.#thirds);
    const turn = (ofThis * this.#stepOf(bit) + (3 - ofThis) * this.#stepOf(bit + 1)) / 3;
    this.#phase = (this.#phase + Math.round(turn)) | 0;
    this.#thirds += 3;
    return value;
  }

  #stepOf(bit: number): number {
    return this.#isMark(bit) ? this.#markStep : this.#spaceStep;
  }

  #isMark(bit: number): boolean {
    const { seizureBits, markBits } = this.#framing;
    if (bit < seizureBits) return (bit & 1) === 1;
    const into = bit - seizureBits - markBits;
    if (into < 0 || into >= 10 * this.#bytes.length) return true;
    const place = into % 10;
    if (place === 0 || place === 9) return place === 9;
    return (((this.#bytes[Math.trunc(into / 10)] ?? 0) >> (place - 1)) & 1) === 1;
  }
}
