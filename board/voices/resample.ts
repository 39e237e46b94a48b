import type { Audio } from './audio.ts';
import { phoneRate } from './audio.ts';
import { halfLengthSec, lowPassAt } from './fir.ts';

/** What folds over from above 4 kHz lands above 3.6 kHz, where the telephone band's filter takes it away. */
const passHz = 3400;
const stopHz = phoneRate - 3600;

/** To 8 kHz, from any whole rate at or above it, by a windowed sinc evaluated at the exact time of each new sample. */
export function toPhoneRate({ rate, samples }: Audio): Float64Array {
  if (rate === phoneRate) return samples;
  const step = rate / phoneRate;
  const phases = phoneRate / greatestCommonDivisor(rate, phoneRate);
  const kernels = kernelsFor(rate, phases, step);
  return new Float64Array(Math.floor(samples.length / step)).map((_, index) => {
    const kernel = kernels[index % phases] as Float64Array;
    return convolveAt(samples, Math.floor((index % phases) * step) + Math.floor(index / phases) * Math.round(phases * step), kernel);
  });
}

/** By rate; voices have one or two, recordings a few more. */
const made = new Map<number, readonly Float64Array[]>();

function kernelsFor(rate: number, phases: number, step: number): readonly Float64Array[] {
  const kernels = made.get(rate) ?? Array.from({ length: phases }, (_, phase) => kernelFor(rate, (phase * step) % 1));
  if (made.size < 8) made.set(rate, kernels);
  return kernels;
}

/** Weights of the samples around one that lies `fraction` of an interval before the wanted time. */
function kernelFor(rate: number, fraction: number): Float64Array {
  const halfSec = halfLengthSec(stopHz - passHz);
  const half = Math.ceil(halfSec * rate);
  return Float64Array.from({ length: 2 * half + 1 }, (_, index) => {
    return lowPassAt((index - half - fraction) / rate, (passHz + stopHz) / 2, halfSec) / rate;
  });
}

function convolveAt(samples: Float64Array, centre: number, kernel: Float64Array): number {
  const start = centre - (kernel.length >> 1);
  const last = Math.min(kernel.length, samples.length - start);
  let sum = 0;
  for (let tap = Math.max(0, -start); tap < last; tap++) sum += (kernel[tap] ?? 0) * (samples[start + tap] ?? 0);
  return sum;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
