import { peakOf } from '../../firmware/media/level.ts';

/** Root mean square, on the 16-bit scale, of a signal of this level. */
export const rmsOf = (dbm0: number): number => peakOf(dbm0) / Math.SQRT2;

/** Frames further than this below the active level are pauses (the margin of ITU-T P.56). */
const marginDb = 15.9;

/** Mean squares of consecutive whole frames. */
export function framePowers(samples: Float64Array, frameSamples: number): number[] {
  return Array.from({ length: Math.floor(samples.length / frameSamples) }, (_, frame) => {
    const part = samples.subarray(frame * frameSamples, (frame + 1) * frameSamples);
    return part.reduce((sum, sample) => sum + sample * sample, 0) / frameSamples;
  });
}

/**
 * Root mean square of the speech without its pauses: the mean over frames of 20 ms that lie within the margin of that very mean, found by
 * raising the threshold until it stands still. 0 for silence.
 */
export function activeRms(samples: Float64Array): number {
  let active = framePowers(samples, 160).filter((power) => power > 0);
  for (;;) {
    const threshold = mean(active) * 10 ** (-marginDb / 10);
    const kept = active.filter((power) => power >= threshold);
    if (kept.length === active.length) return Math.sqrt(mean(active));
    active = kept;
  }
}

const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length);
