/**
 * Fills frames with a tone of the network, for the ports that telephones are plugged into. Each sine of a tone runs all the time,
 * so its phase is continuous over breaks and segments; segments only raise and lower it, within 4 ms, without a click.
 */
import { samplesOf, samplesPerMs } from '../audio-format.ts';
import { peakOf } from '../level.ts';
import { phaseStep, sineAt } from '../sine.ts';
import type { Sine, TonePattern, ToneSegment } from './tone-notation.ts';

/** Of all sines together: ITU-T E.180 section 4 has tones at -10 dBm0 where they enter the network. */
const usualLevelDbm0 = -10;
const rise = 1 / (4 * samplesPerMs);

/** A pattern made ready to be played: its distinct sines, and which of them sound when, how loud. */
interface Score {
  readonly steps: Int32Array;
  readonly swings: Int32Array;
  readonly segments: readonly { readonly samples: number; readonly peaks: Float64Array }[];
  /** Where it goes on after the last segment; its length = nowhere. */
  readonly again: number;
}

export class ToneGenerator {
  #score: Score | null = null;
  #segment = 0;
  #left = 0;
  #phases = new Int32Array(0);
  #swingPhases = new Int32Array(0);
  /** Of each sine, 0 to its peak. */
  #loudness = new Float64Array(0);

  /** Starts a tone from its beginning. Allocates: at a tone's start, not per frame. */
  begin(pattern: TonePattern, levelDbm0 = usualLevelDbm0): void {
    this.#score = scoreOf(pattern, levelDbm0);
    this.#segment = 0;
    this.#left = this.#score.segments[0]?.samples ?? 0;
    this.#phases = new Int32Array(this.#score.steps.length);
    this.#swingPhases = new Int32Array(this.#score.steps.length);
    this.#loudness = new Float64Array(this.#score.steps.length);
  }

  /** Silence from now on. */
  stop(): void {
    this.#score = null;
  }

  /** Nothing sounds any more: stopped, or a tone without repetition is over. */
  get done(): boolean {
    return this.#score === null || this.#segment >= this.#score.segments.length;
  }

  /** Writes codes to all of out[at..at+samples): the tone, and silence after its end. `encode` as in `hal/g711.ts`. */
  fill(out: Uint8Array, at: number, samples: number, encode: Uint8Array): void {
    for (let index = at; index < at + samples; index++) out[index] = encode[this.#next() + 32_768] ?? 0;
  }

  /** As `fill`, 16 bit linear. */
  fillLinear(out: Int16Array, at: number, samples: number): void {
    for (let index = at; index < at + samples; index++) out[index] = this.#next();
  }

  #next(): number {
    const score = this.#score;
    if (score === null) return 0;
    const peaks = score.segments[this.#segment]?.peaks;
    let value = 0;
    for (let sine = 0; sine < score.steps.length; sine++) value += this.#sound(score, sine, peaks?.[sine] ?? 0);
    if (--this.#left <= 0 && !this.done) this.#turn(score);
    return Math.max(-32_768, Math.min(32_767, Math.round(value)));
  }

  #sound(score: Score, sine: number, peak: number): number {
    const now = this.#loudness[sine] ?? 0;
    const loudness = peak > now ? Math.min(peak, now + rise * peak) : Math.max(peak, now - rise * fullScale);
    this.#loudness[sine] = loudness;
    const phase = this.#phases[sine] ?? 0;
    const swingPhase = this.#swingPhases[sine] ?? 0;
    const swing = score.swings[sine] ?? 0;
    this.#phases[sine] = phase + (score.steps[sine] ?? 0);
    this.#swingPhases[sine] = swingPhase + swing;
    return loudness * sineAt(phase) * (swing === 0 ? 1 : (1 + sineAt(swingPhase)) / 2);
  }

  #turn(score: Score): void {
    this.#segment++;
    if (this.#segment === score.segments.length) this.#segment = score.again;
    this.#left = score.segments[this.#segment]?.samples ?? 0;
  }
}

const fullScale = 8192;

function scoreOf(pattern: TonePattern, levelDbm0: number): Score {
  const all = [...pattern.once, ...pattern.repeated];
  const sines = new Map<string, Sine>();
  for (const sine of all.flatMap((segment) => segment.sines)) sines.set(keyOf(sine), sine);
  const keys = [...sines.keys()];
  return {
    steps: Int32Array.from(sines.values(), (sine) => phaseStep(sine.hz)),
    swings: Int32Array.from(sines.values(), (sine) => phaseStep(sine.swingHz)),
    segments: all.map((segment) => ({ samples: samplesIn(segment), peaks: peaksOf(segment, keys, levelDbm0) })),
    again: pattern.repeated.length === 0 ? all.length : pattern.once.length,
  };
}

const keyOf = (sine: Sine): string => `${sine.hz}*${sine.swingHz}`;

/** An endless segment is one of an hour, which repeats; the phases go on. */
const samplesIn = (segment: ToneSegment): number => samplesOf(segment.ms === Infinity ? 3_600_000 : segment.ms);

function peaksOf(segment: ToneSegment, keys: readonly string[], levelDbm0: number): Float64Array {
  const peak = peakOf(levelDbm0 - 10 * Math.log10(Math.max(1, segment.sines.length)));
  const sounding = new Set(segment.sines.map(keyOf));
  return Float64Array.from(keys, (key) => (sounding.has(key) ? peak : 0));
}
