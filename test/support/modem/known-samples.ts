import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { bytesPerSample, fromLinear, type SampleFormat, toLinear } from './sample-format.ts';

/** Loud samples that never repeat, of which each comes through `format` as it is; among their bytes is every value that needs shielding. */
export function knownSamples(format: SampleFormat, count: number, seed: number): Int16Array {
  const random = new SimRandom(seed);
  return Int16Array.from({ length: count }, () => toLinear(format, fromLinear(format, random.below(60_000) - 30_000)));
}

/** As the modem and its files have them. */
export function coded(format: SampleFormat, samples: Int16Array): Uint8Array {
  const size = bytesPerSample(format);
  return Uint8Array.from([...samples].flatMap((sample) => (size === 1 ? [fromLinear(format, sample)] : [sample & 0xff, (sample >> 8) & 0xff])));
}

/** Where `part` begins in `whole`, all of it, sample for sample; -1 = nowhere. */
export function placeOf(whole: Int16Array, part: Int16Array): number {
  const bytes = (samples: Int16Array): Buffer => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  for (let at = bytes(whole).indexOf(bytes(part)); at >= 0; at = bytes(whole).indexOf(bytes(part), at + 1)) if (at % 2 === 0) return at / 2;
  return -1;
}
