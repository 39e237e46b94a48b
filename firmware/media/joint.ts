/**
 * What one session hears, on its way to the session that it is joined to: received at the one's pace, sent at the other's.
 *
 *   RTP packet | frame of a line ──> play-out buffer ──> payload of the other, in its law
 *
 * A port has one from the first time that it is joined on: of what it sends meanwhile.
 */
import { convertTable } from '../../hal/g711.ts';
import { frameSamples } from './audio-format.ts';
import type { CodecName, MediaStats } from './media-protocol.ts';
import { PlayoutBuffer } from './playout-buffer.ts';
import type { ReceiveBuffer } from './receive-buffer.ts';

export class Joint implements ReceiveBuffer {
  readonly #buffer = new PlayoutBuffer();
  readonly #frame = new Uint8Array(frameSamples);
  /** Samples of `#frame` that are not sent yet: packets need not be of whole frames. */
  #left = 0;
  #from: CodecName = 'PCMU';
  #to: CodecName = 'PCMU';
  #table = convertTable('PCMU', 'PCMU');
  #same = convertTable('PCMU', 'PCMU');
  /** Of the frames of a line, which carry none of their own. */
  #timestamp = 0;
  #used = false;

  /** The other session begins to be heard, in its law. */
  begin(codec: CodecName): void {
    this.#buffer.begin(codec);
    this.#left = 0;
    this.#timestamp = 0;
    this.#used = true;
    this.changeCodec(codec);
  }

  /** The session that sends it is a new one, and joined to nobody. */
  reset(): void {
    this.#used = false;
  }

  changeCodec(codec: CodecName): void {
    this.#buffer.changeCodec(codec);
    this.#from = codec;
    this.#same = convertTable(codec, codec);
    this.#table = convertTable(codec, this.#to);
  }

  /** The law in which it is sent. */
  sendAs(codec: CodecName): void {
    this.#to = codec;
    this.#table = convertTable(this.#from, codec);
  }

  restart(): void {
    this.#buffer.restart();
  }

  get late(): number {
    return this.#buffer.late;
  }

  insert(timestamp: number, bytes: Uint8Array, at: number, samples: number, table: Uint8Array): void {
    this.#buffer.insert(timestamp, bytes, at, samples, table);
  }

  insertSilence(timestamp: number, samples: number): void {
    this.#buffer.insertSilence(timestamp, samples);
  }

  /** 20 ms that a line heard. */
  put(frame: Uint8Array): void {
    this.#buffer.insert(this.#timestamp, frame, 0, frameSamples, this.#same);
    this.#timestamp = (this.#timestamp + frameSamples) | 0;
  }

  /** Writes out[at..at+samples). */
  fill(out: Uint8Array, at: number, samples: number): void {
    for (let to = at; to < at + samples; to++) {
      if (this.#left === 0) {
        this.#buffer.pull(this.#frame);
        this.#left = frameSamples;
      }
      out[to] = this.#table[this.#frame[frameSamples - this.#left] ?? 0] ?? 0;
      this.#left--;
    }
  }

  /** Of the session so far; nothing where it was never joined. */
  get stats(): Partial<MediaStats> {
    return this.#used ? this.#buffer.stats : {};
  }
}
