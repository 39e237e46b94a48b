/**
 * Stored audio slower or faster at the same pitch, by overlap and add of waveforms that fit (WSOLA: Verhelst and Roelands 1993). From where
 * the last piece would have gone on (tail), the piece is taken whose waveform is most like it:
 *
 *     held:  ├── search ──┼── 15 ms ──┼── 15 ms: the next tail ──┤        15 ms are given, percent of them are left behind
 */
import { alawDecode, alawEncode, silenceCode, ulawDecode, ulawEncode } from '../../hal/g711.ts';
import type { AudioSource } from './audio-source.ts';
import { samplesPerMs } from './audio-format.ts';
import type { CodecName } from './media-protocol.ts';

const pieceSamples = 15 * samplesPerMs;
/** To either side of where the piece would be; 5 ms hold half a period of a low voice. */
const searchSamples = 5 * samplesPerMs;
const wantedSamples = 2 * searchSamples + 2 * pieceSamples;
/** Of the waveform every other sample is looked at, at every other place. */
const stride = 2;

/** One per port, made when a caller first asks for another speed, and loaded anew for each stream; allocates only then. */
export class Stretched implements AudioSource {
  readonly #held = new Int16Array(wantedSamples);
  readonly #tail = new Int16Array(pieceSamples);
  readonly #given = new Int16Array(pieceSamples);
  readonly #codes = new Uint8Array(wantedSamples);
  #source: AudioSource | null = null;
  #count = 0;
  #givenFrom = pieceSamples;
  #left = 0;
  #percent = 100;
  #decode = ulawDecode;
  #encode = ulawEncode;
  #code = silenceCode('PCMU');

  constructor(codec: CodecName) {
    this.changeCodec(codec);
  }

  changeCodec(codec: CodecName): void {
    this.#decode = codec === 'PCMU' ? ulawDecode : alawDecode;
    this.#encode = codec === 'PCMU' ? ulawEncode : alawEncode;
    this.#code = silenceCode(codec);
  }

  load(source: AudioSource, percent: number): void {
    this.#source = source;
    this.#percent = percent;
    this.forget();
  }

  /** Of the source, what was read and not given yet. */
  get heldSamples(): number {
    return this.#count;
  }

  /** The source has been moved. */
  forget(): void {
    this.#count = 0;
    this.#givenFrom = pieceSamples;
    this.#left = 0;
    this.#tail.fill(0);
  }

  get done(): boolean {
    return this.#givenFrom >= pieceSamples && this.#count <= 2 * searchSamples && (this.#source?.done ?? true);
  }

  fill(out: Uint8Array, at: number, samples: number): number {
    let done = 0;
    while (done < samples && !this.done) {
      if (this.#givenFrom >= pieceSamples) this.#make();
      const count = Math.min(samples - done, pieceSamples - this.#givenFrom);
      for (let index = 0; index < count; index++) out[at + done + index] = this.#encode[(this.#given[this.#givenFrom + index] as number) + 32_768] as number;
      this.#givenFrom += count;
      done += count;
    }
    return done;
  }

  #make(): void {
    this.#read();
    const from = this.#bestPlace();
    for (let index = 0; index < pieceSamples; index++) {
      const rise = index / pieceSamples;
      this.#given[index] = Math.round((this.#tail[index] as number) * (1 - rise) + (this.#held[from + index] as number) * rise);
      this.#tail[index] = this.#held[from + pieceSamples + index] as number;
    }
    this.#givenFrom = 0;
    this.#leave();
  }

  /** So much is left behind, with what whole samples did not hold carried on. */
  #leave(): void {
    this.#left += (pieceSamples * this.#percent) / 100;
    const whole = Math.min(Math.floor(this.#left), this.#count);
    this.#left -= Math.floor(this.#left);
    this.#held.copyWithin(0, whole, this.#count);
    this.#count -= whole;
  }

  /** What the source has not got any more is silence. */
  #read(): void {
    const wanted = wantedSamples - this.#count;
    const got = this.#source === null || this.#source.done ? 0 : this.#source.fill(this.#codes, 0, wanted);
    for (let index = 0; index < got; index++) this.#held[this.#count + index] = this.#decode[this.#codes[index] as number] as number;
    this.#held.fill(this.#decode[this.#code] as number, this.#count + got);
    this.#count += got;
  }

  #bestPlace(): number {
    let best = searchSamples;
    let most = -Infinity;
    for (let from = 0; from <= 2 * searchSamples; from += stride) {
      const likeness = this.#likeness(from);
      if (likeness > most) [best, most] = [from, likeness];
    }
    return best;
  }

  /** Correlation with the tail, weighed by the loudness of the place. */
  #likeness(from: number): number {
    let product = 0;
    let energy = 1;
    for (let index = 0; index < pieceSamples; index += stride) {
      const sample = this.#held[from + index] as number;
      product += sample * (this.#tail[index] as number);
      energy += sample * sample;
    }
    return product / Math.sqrt(energy);
  }
}
