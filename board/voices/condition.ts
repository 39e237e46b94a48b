import type { Audio } from './audio.ts';
import { phoneRate } from './audio.ts';
import { bandPass, filterCentred } from './fir.ts';
import { toPhoneRate } from './resample.ts';
import { activeRms, framePowers, rmsOf } from './speech-level.ts';

/*
 *   any rate ── resample ── telephone band ── trim ── level ── fade ──> 8 kHz, 16 bits
 */

/** Silence kept before the first and after the last sound. */
export interface Padding {
  readonly leadMs: number;
  readonly tailMs: number;
}

/** Active speech level of every prompt. */
export const targetDbm0 = -20;
/** A prompt whose peaks would go above this value (16-bit scale) stays quieter instead. */
export const peakLimit = 24_000;

/** What a synthesiser gives for nothing is noise below this. */
const inaudibleDbm0 = -50;

/** The telephone band of ITU-T G.712. */
const telephoneBand = bandPass(phoneRate, 300, 3400, 150);
const samplesPerMs = phoneRate / 1000;
const fadeMs = 5;
const trimFrameMs = 5;
/** Sounds down to this far below the speech level are speech: the f of 'five' is 40 dB below its vowel. */
const trimBelowDb = 45;

/** Makes a prompt of a voice. Empty if there is nothing to be heard in it. */
export function condition(voice: Audio, padding: Padding): Int16Array {
  const inBand = telephoneBandOf(voice);
  const speechRms = activeRms(inBand);
  if (speechRms < rmsOf(inaudibleDbm0)) return new Int16Array(0);
  const trimmed = trim(inBand, speechRms, padding);
  const gain = gainFor(trimmed, speechRms);
  return new Int16Array(fadeEnds(trimmed).map((sample) => Math.round(sample * gain)));
}

/** At 8 kHz, with padding's worth of silence around so that the filters can ring out. */
export function telephoneBandOf(voice: Audio): Float64Array {
  const room = telephoneBand.length;
  const samples = toPhoneRate(voice);
  const roomy = new Float64Array(samples.length + 2 * room);
  roomy.set(samples, room);
  return filterCentred(roomy, telephoneBand);
}

function trim(samples: Float64Array, speechRms: number, { leadMs, tailMs }: Padding): Float64Array {
  const frame = trimFrameMs * samplesPerMs;
  const threshold = speechRms ** 2 * 10 ** (-trimBelowDb / 10);
  const powers = framePowers(samples, frame);
  const first = powers.findIndex((power) => power >= threshold) * frame;
  const last = (powers.findLastIndex((power) => power >= threshold) + 1) * frame;
  const [lead, tail] = [leadMs * samplesPerMs, tailMs * samplesPerMs];
  const trimmed = new Float64Array(lead + last - first + tail);
  const from = Math.max(0, first - lead);
  trimmed.set(samples.subarray(from, last + tail), lead - (first - from));
  return trimmed;
}

function gainFor(samples: Float64Array, speechRms: number): number {
  const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  return Math.min(rmsOf(targetDbm0) / speechRms, peakLimit / peak);
}

/** So that a cut end does not click. */
function fadeEnds(samples: Float64Array): Float64Array {
  const length = Math.min(fadeMs * samplesPerMs, samples.length >> 1);
  return samples.map((sample, index) => sample * Math.min(1, (index + 1) / length, (samples.length - index) / length));
}
