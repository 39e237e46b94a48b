import { convertTable, silenceCode } from '../../hal/g711.ts';
import { frameSamples, maxPayloadBytes } from './audio-format.ts';
import { Concealment } from './concealment.ts';
import { copyCodes } from './copy-codes.ts';
import type { CodecName } from './media-protocol.ts';
import { SpotSet } from './spot-set.ts';

const unchanged = convertTable('PCMU', 'PCMU');
/** Written, and never read. */
export const unheard = new Uint8Array(frameSamples);
const passing = new Uint8Array(frameSamples);
/** Of all rings. */
const silentPayloads: Readonly<Record<CodecName, Uint8Array>> = {
  PCMU: new Uint8Array(maxPayloadBytes).fill(silenceCode('PCMU')),
  PCMA: new Uint8Array(maxPayloadBytes).fill(silenceCode('PCMA')),
};

/**
 * Received samples on a timeline that goes round: each has a place, and is there or not. What is not there when it is played is made up. Places are
 * signed 32-bit numbers; who owns the ring sees to it that no two of those in use share a spot.
 */
export class SampleRing {
  readonly #codes: Uint8Array;
  readonly #there: SpotSet;
  readonly #mask: number;
  readonly #concealment = new Concealment();
  #codec: CodecName = 'PCMU';
  /** Where the last frame lies that was played and had nothing made up, while it is still to be told to the concealment: only a gap after it asks for it. */
  #lastAt = 0;
  #lastWaits = false;

  /** `capacity`: a power of two, 32 at least. */
  constructor(capacity: number) {
    this.#codes = new Uint8Array(capacity);
    this.#there = new SpotSet(capacity);
    this.#mask = capacity - 1;
  }

  get codec(): CodecName {
    return this.#codec;
  }

  /** Whole frames of silence, in the codec; nobody's own. */
  get silentPayload(): Uint8Array {
    return silentPayloads[this.#codec];
  }

  /** Empty. */
  begin(codec: CodecName): void {
    this.#there.clear();
    this.#speak(codec);
  }

  /** What waits is kept and turned into the other law. */
  changeCodec(codec: CodecName): void {
    if (codec === this.#codec) return;
    copyCodes(this.#codes, 0, this.#codes, 0, this.#codes.length, convertTable(this.#codec, codec));
    this.#speak(codec);
  }

  /** Puts bytes[at + from .. at + samples) at `place + from`, turning each code by `table`; null = as it is. */
  put(place: number, bytes: Uint8Array, at: number, from: number, samples: number, table: Uint8Array | null): void {
    const turn = table ?? unchanged;
    const first = (place + from) & this.#mask;
    const count = samples - from;
    if (this.#lastWaits && this.#touchesLast(first, count)) this.#tellLast();
    const whole = Math.min(count, this.#codes.length - first);
    copyCodes(bytes, at + from, this.#codes, first, whole, turn);
    if (whole < count) copyCodes(bytes, at + from + whole, this.#codes, 0, count - whole, turn);
    this.#there.add(place + from, count);
  }

  /** The 20 ms from `place` on; they are not there afterwards. */
  play(place: number, frame: Uint8Array): void {
    if (this.#there.hasAll(place, frameSamples)) {
      this.#copy(place, frame);
      this.#passed(place);
      return;
    }
    const madeUp = this.#fill(place, frame);
    this.#there.remove(place, frameSamples);
    this.#concealment.played(frame, madeUp);
  }

  /** As if the 20 ms from `place` on had been played; nobody hears them. */
  skip(place: number): void {
    if (this.#there.hasAll(place, frameSamples)) this.#passed(place);
    else this.play(place, unheard);
  }

  /** 20 ms of which nothing is there. */
  makeUp(frame: Uint8Array): void {
    this.#tellLast();
    for (let at = 0; at < frameSamples; at++) frame[at] = this.#concealment.sample(at);
    this.#concealment.played(frame, frameSamples);
  }

  /** The 20 ms from `place` on, silent where they are not there. They stay. */
  look(place: number, frame: Uint8Array): void {
    const silence = this.silentPayload[0] ?? 0;
    for (let at = 0; at < frameSamples; at++) frame[at] = this.#there.has(place + at) ? (this.#codes[(place + at) & this.#mask] ?? 0) : silence;
  }

  forget(place: number, samples: number): void {
    this.#there.remove(place, samples);
  }

  /** Copies the samples from `place` on to the places before it. */
  repeat(place: number, samples: number): void {
    this.#tellLast();
    for (let at = samples - 1; at >= 0; at--) {
      const from = place + at;
      const to = from - samples;
      this.#codes[to & this.#mask] = this.#codes[from & this.#mask] ?? 0;
      if (this.#there.has(from)) this.#there.add(to, 1);
      else this.#there.remove(to, 1);
    }
  }

  #copy(place: number, frame: Uint8Array): void {
    const spot = place & this.#mask;
    const whole = Math.min(frameSamples, this.#codes.length - spot);
    copyCodes(this.#codes, spot, frame, 0, whole, unchanged);
    if (whole < frameSamples) copyCodes(this.#codes, 0, frame, whole, frameSamples - whole, unchanged);
  }

  /** The whole frame at `place` is behind us; it stays in the ring until others come upon its spots. */
  #passed(place: number): void {
    this.#there.remove(place, frameSamples);
    this.#lastAt = place;
    this.#lastWaits = true;
  }

  /** Whether `count` spots from `first` on are among those of the last frame. */
  #touchesLast(first: number, count: number): boolean {
    const after = (first - this.#lastAt) & this.#mask;
    return after < frameSamples || after + count > this.#codes.length;
  }

  #tellLast(): void {
    if (!this.#lastWaits) return;
    this.#lastWaits = false;
    this.#copy(this.#lastAt, passing);
    this.#concealment.played(passing, 0);
  }

  /** How many are made up. */
  #fill(place: number, frame: Uint8Array): number {
    this.#tellLast();
    let madeUp = 0;
    for (let at = 0; at < frameSamples; at++) {
      if (this.#there.has(place + at)) {
        frame[at] = this.#codes[(place + at) & this.#mask] ?? 0;
      } else {
        frame[at] = this.#concealment.sample(at);
        madeUp++;
      }
    }
    return madeUp;
  }

  #speak(codec: CodecName): void {
    this.#codec = codec;
    this.#lastWaits = false;
    this.#concealment.begin(codec);
  }
}
