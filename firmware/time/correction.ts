/** What is done about a clock that is off by `offsetMs` (its own time is so much too early). */
export type Correction = { readonly kind: 'none' } | { readonly kind: 'step' | 'slew'; readonly byMs: number };

/** Less than this is the network's jitter. */
const jitterMs = 2;
/** RFC 5905, STEPT: what is more is put right at once, the first time. */
const firstStepMs = 128;
/** Later a jump would give messages of one call odd times: a second is slewed away within 34 min (500 ppm). */
const laterStepMs = 1000;

export function correction(offsetMs: number, isFirst: boolean): Correction {
  const size = Math.abs(offsetMs);
  if (size < jitterMs) return { kind: 'none' };
  return { kind: size >= (isFirst ? firstStepMs : laterStepMs) ? 'step' : 'slew', byMs: offsetMs };
}

/** Seconds until the next question after the n-th success in a row, or failure. */
export const pollSec = (successes: number): number => [64, 256][successes - 1] ?? 1024;
export const retrySec = (failures: number): number => Math.min(1024, 8 * 2 ** Math.min(failures - 1, 7));
