/** Digits sent in-band, for peers without telephone events: tone, gap, tone, ... exact to the sample. */
import { samplesPerMs } from './audio-format.ts';
import type { DigitQueue } from './digit-queue.ts';
import { DtmfGenerator } from './dtmf-generator.ts';

export class DtmfToneSender {
  readonly #generator = new DtmfGenerator();
  #sounding = false;
  #gapLeft = 0;

  reset(): void {
    this.#sounding = false;
    this.#gapLeft = 0;
  }

  /** Within a digit or its gap. */
  get busy(): boolean {
    return this.#sounding || this.#gapLeft > 0;
  }

  /** Writes codes to out[at..at+samples); ends early, and says how many it wrote, when the last gap is over. */
  fill(queue: DigitQueue, out: Uint8Array, at: number, samples: number, encode: Uint8Array, silence: number): number {
    let done = 0;
    while (done < samples && (this.busy || this.#begin(queue))) {
      done += this.#sounding ? this.#tone(out, at + done, samples - done, encode) : this.#gap(out, at + done, samples - done, silence);
    }
    return done;
  }

  #begin(queue: DigitQueue): boolean {
    const next = queue.take();
    if (next === null) return false;
    this.#sounding = this.#generator.begin(next.digit, next.toneMs);
    this.#gapLeft = Math.round(next.gapMs * samplesPerMs);
    return true;
  }

  #tone(out: Uint8Array, at: number, samples: number, encode: Uint8Array): number {
    const count = this.#generator.fill(out, at, samples, encode);
    this.#sounding = !this.#generator.done;
    return count;
  }

  #gap(out: Uint8Array, at: number, samples: number, silence: number): number {
    const count = Math.min(samples, this.#gapLeft);
    for (let index = at; index < at + count; index++) out[index] = silence;
    this.#gapLeft -= count;
    return count;
  }
}
