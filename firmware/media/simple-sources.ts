/** The sources that need nobody's help: prompts out of memory, tones, silence. */
import type { AudioSource } from './audio-source.ts';
import { samplesOf } from './audio-format.ts';
import { copyCodes } from './copy-codes.ts';
import { DualTone } from './dual-tone.ts';
import { convertTable, encodeTable, silenceCode } from '../../hal/g711.ts';
import type { CodecName } from './media-protocol.ts';

const nothing = new Uint8Array(0);

export class PromptSource implements AudioSource {
  #ulaw: Uint8Array = nothing;
  #at = 0;
  #table = convertTable('PCMU', 'PCMU');

  changeCodec(codec: CodecName): void {
    this.#table = convertTable('PCMU', codec);
  }

  load(ulaw: Uint8Array): void {
    this.#ulaw = ulaw;
    this.#at = 0;
  }

  get done(): boolean {
    return this.#at >= this.#ulaw.length;
  }

  fill(out: Uint8Array, at: number, samples: number): number {
    const count = Math.min(samples, this.#ulaw.length - this.#at);
    copyCodes(this.#ulaw, this.#at, out, at, count, this.#table);
    this.#at += count;
    return count;
  }
}

export class ToneSource implements AudioSource {
  readonly #tone = new DualTone();
  #encode = encodeTable('PCMU');

  changeCodec(codec: CodecName): void {
    this.#encode = encodeTable(codec);
  }

  load(hz: number, ms: number, levelDbm0: number, second = 0): void {
    this.#tone.begin(hz, levelDbm0, second, levelDbm0, ms);
  }

  get done(): boolean {
    return this.#tone.done;
  }

  fill(out: Uint8Array, at: number, samples: number): number {
    return this.#tone.fill(out, at, samples, this.#encode);
  }
}

export class SilenceSource implements AudioSource {
  #left = 0;
  #code = silenceCode('PCMU');

  changeCodec(codec: CodecName): void {
    this.#code = silenceCode(codec);
  }

  load(ms: number): void {
    this.#left = samplesOf(ms);
  }

  get done(): boolean {
    return this.#left <= 0;
  }

  fill(out: Uint8Array, at: number, samples: number): number {
    const count = Math.min(samples, this.#left);
    for (let index = at; index < at + count; index++) out[index] = this.#code;
    this.#left -= count;
    return count;
  }
}
