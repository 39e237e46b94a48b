import { convertTable, silenceCode } from '../../hal/g711.ts';
import { frameSamples, maxPayloadBytes } from './audio-format.ts';
import { Concealment } from './concealment.ts';
import type { CodecName } from './media-protocol.ts';

const unchanged = convertTable('PCMU', 'PCMU');

/**
 * Received samples on a timeline that goes round: each has a place, and is there or not. What is not there when it is played is made up. Places are
 * signed 32-bit numbers; who owns the ring sees to it that no two of those in use share a spot.
 */
export class SampleRing {
  /** Whole frames of silence, in the codec. */
  readonly silentPayload = new Uint8Array(maxPayloadBytes);
  readonly #codes: Uint8Array;
  readonly #there: Uint8Array;
  readonly #mask: number;
  readonly #concealment = new Concealment();
  #codec: CodecName = 'PCMU';

  /** `capacity`: a power of two. */
  constructor(capacity: number) {
    this.#codes = new Uint8Array(capacity);
    this.#there = new Uint8Array(capacity);
    this.#mask = capacity - 1;
  }

  get codec(): CodecName {
    return this.#codec;
  }

  /** Empty. */
  begin(codec: CodecName): void {
    this.#there.fill(0);
    this.#speak(codec);
  }

  /** What waits is kept and turned into the other law. */
  changeCodec(codec: CodecName): void {
    if (codec === this.#codec) return;
    const table = convertTable(this.#codec, codec);
    for (let at = 0; at < this.#codes.length; at++) this.#codes[at] = table[this.#codes[at] ?? 0] ?? 0;
    this.#speak(codec);
  }

  /** Puts bytes[at + from .. at + samples) at `place + from`, turning each code by `table`; null = as it is. */
  put(place: number, bytes: Uint8Array, at: number, from: number, samples: number, table: Uint8Array | null): void {
    const turn = table ?? unchanged;
    for (let index = from; index < samples; index++) {
      const spot = (place + index) & this.#mask;
      this.#codes[spot] = turn[bytes[at + index] ?? 0] ?? 0;
      this.#there[spot] = 1;
    }
  }

  /** The 20 ms from `place` on; they are not there afterwards. */
  play(place: number, frame: Uint8Array): void {
    let madeUp = 0;
    for (let at = 0; at < frameSamples; at++) {
      const spot = (place + at) & this.#mask;
      if (this.#there[spot] === 1) {
        frame[at] = this.#codes[spot] ?? 0;
        this.#there[spot] = 0;
      } else {
        frame[at] = this.#concealment.sample(at);
        madeUp++;
      }
    }
    this.#concealment.played(frame, madeUp);
  }

  /** 20 ms of which nothing is there. */
  makeUp(frame: Uint8Array): void {
    for (let at = 0; at < frameSamples; at++) frame[at] = this.#concealment.sample(at);
    this.#concealment.played(frame, frameSamples);
  }

  /** The 20 ms from `place` on, silent where they are not there. They stay. */
  look(place: number, frame: Uint8Array): void {
    for (let at = 0; at < frameSamples; at++) {
      const spot = (place + at) & this.#mask;
      frame[at] = this.#there[spot] === 1 ? (this.#codes[spot] ?? 0) : (this.silentPayload[0] ?? 0);
    }
  }

  forget(place: number, samples: number): void {
    for (let at = 0; at < samples; at++) this.#there[(place + at) & this.#mask] = 0;
  }

  /** Copies the samples from `place` on to the places before it. */
  repeat(place: number, samples: number): void {
    for (let at = samples - 1; at >= 0; at--) {
      const from = (place + at) & this.#mask;
      const to = (place + at - samples) & this.#mask;
      this.#codes[to] = this.#codes[from] ?? 0;
      this.#there[to] = this.#there[from] ?? 0;
    }
  }

  #speak(codec: CodecName): void {
    this.#codec = codec;
    this.silentPayload.fill(silenceCode(codec));
    this.#concealment.begin(codec);
  }
}
