import type { Audio } from '../../../board/voices/audio.ts';

export function sine(rate: number, hz: number, ms: number, peak = 8000): Audio {
  const count = Math.round((rate * ms) / 1000);
  return { rate, samples: Float64Array.from({ length: count }, (_, index) => peak * Math.sin((2 * Math.PI * hz * index) / rate)) };
}

/** White noise, the same every time (a linear congruential generator). */
export function noise(rate: number, ms: number, peak = 8000): Audio {
  let state = 12345;
  const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 1_073_741_824 - 1;
  return { rate, samples: Float64Array.from({ length: Math.round((rate * ms) / 1000) }, () => peak * next()) };
}

export function silence(rate: number, ms: number): Audio {
  return { rate, samples: new Float64Array(Math.round((rate * ms) / 1000)) };
}

export function joined(...parts: readonly Audio[]): Audio {
  return { rate: parts[0]?.rate ?? 8000, samples: Float64Array.from(parts.flatMap(({ samples }) => [...samples])) };
}

export const rms = (samples: ArrayLike<number>): number => Math.sqrt(Array.from(samples).reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

export const decibels = (ratio: number): number => 20 * Math.log10(ratio);

const frame = 256;
const binHz = 8000 / frame;
const hann = Float64Array.from({ length: frame }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / frame));
const cosines = Float64Array.from({ length: frame }, (_, index) => Math.cos((2 * Math.PI * index) / frame));
const reversedBits = Uint8Array.from({ length: frame }, (_, index) => Number.parseInt(index.toString(2).padStart(8, '0').split('').reverse().join(''), 2));

/** Power of 8 kHz audio by frequency, on no particular scale: the sum over Hann-windowed frames of 32 ms, half overlapping. */
export function powerSpectrum(samples: ArrayLike<number>): Float64Array {
  const power = new Float64Array(frame / 2 + 1);
  for (let start = 0; start + frame <= samples.length; start += frame / 2) {
    const real = Float64Array.from(reversedBits, (index) => (hann[index] ?? 0) * (samples[start + index] ?? 0));
    const imaginary = new Float64Array(frame);
    for (let size = 2; size <= frame; size *= 2) butterflies(real, imaginary, size);
    for (let bin = 0; bin < power.length; bin++) power[bin] = (power[bin] ?? 0) + (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2;
  }
  return power;
}

/** From lowHz up to highHz. */
export function bandPower(spectrum: Float64Array, lowHz: number, highHz: number): number {
  return spectrum.subarray(Math.ceil(lowHz / binHz), Math.ceil(highHz / binHz)).reduce((sum, power) => sum + power, 0);
}

/** One stage of the radix-2 Fourier transform: joins the halves of each stretch of `size`. */
function butterflies(real: Float64Array, imaginary: Float64Array, size: number): void {
  for (let at = 0; at < frame; at++) {
    if (at % size >= size / 2) continue;
    const turn = (at % size) * (frame / size);
    const [cosine, sine] = [cosines[turn] as number, -(cosines[(turn + frame - frame / 4) % frame] as number)];
    const other = at + size / 2;
    const [a, b, c, d] = [real[at] as number, imaginary[at] as number, real[other] as number, imaginary[other] as number];
    const [turnedReal, turnedImaginary] = [c * cosine - d * sine, c * sine + d * cosine];
    [real[at], imaginary[at]] = [a + turnedReal, b + turnedImaginary];
    [real[other], imaginary[other]] = [a - turnedReal, b - turnedImaginary];
  }
}
