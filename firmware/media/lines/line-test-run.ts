/**
 * A technician's test of a line: a tone out, a level in, or both: how long a tone takes to come back, and how much weaker. The tone
 * is the milliwatt of 1004 Hz (ITU-T O.13, which keeps clear of the sampling rate); a loop is tried 10 dB below it.
 */
import { encodeTable, decodeTable } from '../../../hal/g711.ts';
import { frameMs, frameSamples, samplesOf, samplesPerMs } from '../audio-format.ts';
import { DualTone } from '../dual-tone.ts';
import { framePower, peakOf } from '../level.ts';
import type { CodecName, LineTest, LineTestResult } from '../media-protocol.ts';

const hz = 1004;
const loopDbm0 = -10;
const floorDbm0 = -90;
/** A tone that comes back weaker is none. */
const weakestDbm0 = -45;
const blockSamples = 40;
const turn = (2 * Math.PI * hz) / 8000;
const coefficient = 2 * Math.cos(turn);
/** Squared magnitude in a block of a sine of 0 dBm0. */
const reference = ((peakOf(0) * blockSamples) / 2) ** 2;
const mostMs = 60_000;
/** After the tone's end, for what comes back late. */
const lateMs = 1000;

export class LineTestRun {
  readonly kind: LineTest['kind'];
  readonly ms: number;
  readonly #codec: CodecName;
  readonly #tone = new DualTone();
  readonly #levels = { sum: 0, frames: 0, peak: 0 };
  readonly #returned = { sum: 0, blocks: 0 };
  #sentFrames = 0;
  #heardFrames = 0;
  /** Samples heard since the first frame of the tone was written, until it came back; -1 = not yet. */
  #delay = -1;

  /** `ms` is brought to 100 ms to 60 s. */
  constructor(test: LineTest, codec: CodecName) {
    this.kind = test.kind;
    this.ms = Math.max(100, Math.min(mostMs, test.ms));
    this.#codec = codec;
    const dbm0 = test.kind === 'tone' ? 0 : loopDbm0;
    this.#tone.begin(hz, dbm0, 0, 0, test.kind === 'level' ? 0 : this.ms);
  }

  /** Takes a frame of the line, and writes the next one to out[0..160); false = nothing is sent. */
  frame(frame: Uint8Array, out: Uint8Array, silence: number): boolean {
    if (this.kind === 'level') this.#measure(frame);
    else if (this.kind === 'loop' && this.#sentFrames > 0) this.#seek(frame);
    this.#heardFrames++;
    if (this.kind === 'level') return false;
    const done = this.#tone.done ? 0 : this.#tone.fill(out, 0, frameSamples, encodeTable(this.#codec));
    out.fill(silence, done, frameSamples);
    if (done > 0) this.#sentFrames++;
    return done > 0;
  }

  get done(): boolean {
    const wantedMs = this.ms + (this.kind === 'loop' ? lateMs : 0);
    return this.#heardFrames * frameMs >= wantedMs;
  }

  get result(): LineTestResult {
    if (this.kind === 'tone') return { kind: 'tone', sentMs: this.#sentFrames * frameMs };
    if (this.kind === 'level') return { kind: 'level', averageDbm0: dbm0Of(this.#levels.sum / Math.max(1, this.#levels.frames)), peakDbm0: dbm0Of(this.#levels.peak) };
    if (this.#delay < 0) return { kind: 'loop', delayMs: null, lossDb: null };
    const lossDb = loopDbm0 - dbm0Of(this.#returned.sum / this.#returned.blocks);
    return { kind: 'loop', delayMs: this.#delay / samplesPerMs, lossDb: Math.round(lossDb * 10) / 10 };
  }

  #measure(frame: Uint8Array): void {
    const power = framePower(this.#codec, frame, 0, frameSamples);
    this.#levels.sum += power;
    this.#levels.frames++;
    this.#levels.peak = Math.max(this.#levels.peak, power);
  }

  /** Blocks of 5 ms; of the tone that came back, only those in its middle tell its level. */
  #seek(frame: Uint8Array): void {
    const heardBefore = (this.#heardFrames - 1) * frameSamples;
    for (let at = 0; at < frameSamples; at += blockSamples) {
      const power = toneIn(frame, at, decodeTable(this.#codec));
      if (dbm0Of(power) < weakestDbm0) continue;
      if (this.#delay < 0) this.#delay = heardBefore + at;
      else if (heardBefore + at - this.#delay < samplesOf(this.ms) - 2 * blockSamples) {
        this.#returned.sum += power;
        this.#returned.blocks++;
      }
    }
  }
}

/** Power of the test tone in 5 ms, 1 = 0 dBm0 (Goertzel). */
function toneIn(frame: Uint8Array, at: number, decode: Int16Array): number {
  let last = 0;
  let before = 0;
  for (let index = at; index < at + blockSamples; index++) {
    const next = (decode[frame[index] ?? 0] ?? 0) + coefficient * last - before;
    before = last;
    last = next;
  }
  return (last * last + before * before - coefficient * last * before) / reference;
}

function dbm0Of(power: number): number {
  return power <= 0 ? floorDbm0 : Math.max(floorDbm0, Math.round(100 * Math.log10(power)) / 10);
}
