/**
 * Sine by table with a 32-bit phase: exact over any length, no drift, whole numbers only. 4,096 steps leave the error 70 dB down,
 * far below G.711's own 38 dB.
 */

const stepBits = 12;
const waves = Float64Array.from({ length: 1 << stepBits }, (_, step) => Math.sin((2 * Math.PI * step) / (1 << stepBits)));

/** Phase step per sample at 8 kHz; phases are signed 32-bit and wrap by `| 0`. */
export function phaseStep(hz: number): number {
  return Math.round((hz / 8000) * 2 ** 32) | 0;
}

/** -1 to 1. */
export function sineAt(phase: number): number {
  return waves[phase >>> (32 - stepBits)] ?? 0;
}
