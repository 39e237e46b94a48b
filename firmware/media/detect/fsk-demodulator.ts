/**
 * Bytes out of 1200 Bd FSK: start bit, eight bits from the lowest, stop bit.
 *
 *   codes ──> fit of both tones over 7 samples (a bit has 6.67) ──> mark or space, sample by sample ──> start edge ──> middle of each bit
 *
 * The fit gives each tone's own power, free of the other's leakage, so a line that weakens one of them (twist) does little harm. There is no
 * bit clock to lock: each byte is timed from its own start edge, to a fraction of a sample.
 */
import { frameSamples } from '../audio-format.ts';
import { peakOf } from '../level.ts';
import { bitSamples } from './fsk-tones.ts';
import type { FskTones } from './fsk-tones.ts';
import { Folded, ToneFit } from './tone-fit.ts';

const windowSamples = 7;
/** Energy of a frame below which nobody sends: 9 dB below the weakest signal of -36 dBm0, since a frame may be filled in part. */
const weakest = (peakOf(-45) ** 2 / 2) * frameSamples;
const stopBit = 9;

export interface FskSink {
  /** `idleBits`: how long there was mark before its start bit. */
  byte(value: number, idleBits: number): void;
  /** No stop bit where one had to be, or the signal is gone. */
  broken(): void;
}

export class FskDemodulator {
  readonly #sink: FskSink;
  readonly #fit: ToneFit;
  readonly #folded = new Folded(windowSamples);
  /** The last samples of the frame before, and this frame. */
  readonly #samples = new Float64Array(windowSamples - 1 + frameSamples);
  /** [0]: mark is 1, space is -1, now; [1], [2]: the two samples before. [3]: samples since the start edge. */
  readonly #state = new Float64Array(4);
  /** Bit that is awaited; -1 = mark, until a start edge. */
  #bit = -1;
  #value = 0;
  #markSamples = 0;
  #idleBits = 0;
  #carrier = false;

  constructor(tones: FskTones, sink: FskSink) {
    this.#sink = sink;
    this.#fit = new ToneFit([tones.markHz, tones.spaceHz], windowSamples);
  }

  reset(): void {
    this.#samples.fill(0);
    this.#state.fill(0);
    this.#bit = -1;
    this.#markSamples = 0;
    this.#carrier = false;
  }

  /** Takes frame[0..160). `decode` as in `hal/g711.ts`. */
  hear(frame: Uint8Array, decode: Int16Array): void {
    this.#samples.copyWithin(0, frameSamples);
    let energy = 0;
    for (let at = 0; at < frameSamples; at++) {
      const sample = decode[frame[at] ?? 0] ?? 0;
      this.#samples[windowSamples - 1 + at] = sample;
      energy += sample * sample;
    }
    if (energy < weakest) this.#lose();
    else {
      this.#carrier = true;
      for (let at = 0; at < frameSamples; at++) this.#step(at);
    }
  }

  #lose(): void {
    if (this.#carrier) this.#sink.broken();
    this.#carrier = false;
    this.#bit = -1;
    this.#markSamples = 0;
    this.#state.fill(0);
  }

  #step(at: number): void {
    this.#folded.load(this.#samples, at);
    this.#fit.fit(this.#folded);
    const mark = this.#fit.powers[0] ?? 0;
    const space = this.#fit.powers[1] ?? 0;
    const state = this.#state;
    state[2] = state[1] ?? 0;
    state[1] = state[0] ?? 0;
    state[0] = mark + space === 0 ? 0 : (mark - space) / (mark + space);
    if (this.#bit < 0) this.#awaitEdge();
    else this.#goOn();
  }

  #awaitEdge(): void {
    const now = this.#state[0] ?? 0;
    const before = this.#state[1] ?? 0;
    if (now > 0) this.#markSamples++;
    else if (before > 0) {
      this.#state[3] = -now / (before - now);
      this.#idleBits = Math.round(this.#markSamples / bitSamples);
      this.#bit = 0;
      this.#value = 0;
    } else this.#markSamples = 0;
  }

  #goOn(): void {
    const since = (this.#state[3] ?? 0) + 1;
    this.#state[3] = since;
    // the mean of three samples is that of a sample ago
    if (since - 1 < (this.#bit + 0.5) * bitSamples) return;
    const isMark = (this.#state[0] ?? 0) + (this.#state[1] ?? 0) + (this.#state[2] ?? 0) > 0;
    if (this.#bit === 0 && isMark) this.#idle(); // no start bit but a click
    else if (this.#bit < stopBit) {
      if (isMark && this.#bit > 0) this.#value |= 1 << (this.#bit - 1);
      this.#bit++;
    } else this.#stop(isMark);
  }

  #stop(isMark: boolean): void {
    this.#idle();
    if (isMark) this.#sink.byte(this.#value, this.#idleBits);
    else this.#sink.broken();
  }

  #idle(): void {
    this.#bit = -1;
    this.#markSamples = 0;
  }
}
