/**
 * Fills what a lost packet left out: the last frame again, 3 dB quieter each time, silence after 60 ms. Works on codes through
 * tables, so that recordings need no decoding. Played audio may differ from what was sent only inside such gaps.
 */
import { frameSamples } from './audio-format.ts';
import { decodeTable, encodeTable, silenceCode } from '../../hal/g711.ts';
import type { CodecName } from './media-protocol.ts';

const repeats = 3;
const ulawQuieter = quieter('PCMU');
const alawQuieter = quieter('PCMA');

function quieter(codec: CodecName): Uint8Array {
  const encode = encodeTable(codec);
  return Uint8Array.from(decodeTable(codec), (sample) => encode[Math.round(sample * Math.SQRT1_2) + 32_768] ?? 0);
}

export class Concealment {
  #quieter = ulawQuieter;
  #silence = silenceCode('PCMU');
  readonly #last = new Uint8Array(frameSamples);
  /** Whole frames made up since the last heard one. */
  #made = repeats;

  begin(codec: CodecName): void {
    this.#quieter = codec === 'PCMU' ? ulawQuieter : alawQuieter;
    this.#silence = silenceCode(codec);
    this.forget();
  }

  /** The next gap is silent: nothing before it is worth repeating. */
  forget(): void {
    this.#made = repeats;
  }

  /** A sample for place `at` of the frame being played. */
  sample(at: number): number {
    return this.#made >= repeats ? this.#silence : (this.#quieter[this.#last[at] ?? 0] ?? 0);
  }

  /** Tells what frame was played in the end, and how much of it was made up. */
  played(frame: Uint8Array, madeUp: number): void {
    this.#last.set(frame);
    this.#made = madeUp === frameSamples ? Math.min(repeats, this.#made + 1) : 0;
  }
}
