/**
 * Levels in dBm0. A sine that reaches the largest decision value is +3.17 dBm0 in µ-law, +3.14 dBm0 in A-law (ITU-T G.711
 * section 4), by which the digital milliwatt of G.711 tables 5 and 6 reads 0 dBm0.
 * The power of a frame is summed through a table of squares, one entry per code.
 */
import { alawDecode, ulawDecode } from '../../hal/g711.ts';
import type { CodecName } from './media-protocol.ts';

/** Mean square of a sine of 0 dBm0 on the 16-bit scale. */
const ulawReference = 32_636 ** 2 / 2 / 10 ** 0.317;
const alawReference = 32_768 ** 2 / 2 / 10 ** 0.314;
const ulawPower = powers(ulawDecode, ulawReference);
const alawPower = powers(alawDecode, alawReference);

/** Power of each code relative to 0 dBm0. */
function powers(decode: Int16Array, reference: number): Float64Array {
  return Float64Array.from(decode, (sample) => sample ** 2 / reference);
}

/** Mean power of bytes[at..at+samples) relative to 0 dBm0: 1 = 0 dBm0. */
export function framePower(codec: CodecName, bytes: Uint8Array, at: number, samples: number): number {
  add(codec, bytes, at, samples, unlimited);
  return (sum[0] ?? 0) / samples;
}

/** V8 boxes a fraction that a function returns, on every frame. */
const sum = new Float64Array(1);
const unlimited = Float64Array.of(Infinity);
/** More than all additions of a frame can round away. */
const wellAbove = 1.001;

/** Their sum into sum[0]; no further than to where the mean is well above limit[0] for certain: speech is told from silence by its first samples. */
function add(codec: CodecName, bytes: Uint8Array, at: number, samples: number, limit: Float64Array): void {
  const table = codec === 'PCMU' ? ulawPower : alawPower;
  const end = at + samples;
  const enough = (limit[0] ?? 0) * samples * wellAbove;
  // Four sums at a time: each addition waits for the one before it in the same sum.
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let index = at;
  for (; index < end - 3 && first + second <= enough; index += 4) {
    first += table[bytes[index] as number] as number;
    second += table[bytes[index + 1] as number] as number;
    third += table[bytes[index + 2] as number] as number;
    fourth += table[bytes[index + 3] as number] as number;
  }
  if (end - index < 4) for (; index < end; index++) first += table[bytes[index] as number] as number;
  sum[0] = first + second + third + fourth;
}

/**
 * Whether bytes[at..at+samples) are below limit[0], a power of `powerOf`. The limit is handed over in an array because V8 boxes a
 * fraction that is passed by itself, on every frame.
 */
export function isBelow(codec: CodecName, bytes: Uint8Array, at: number, samples: number, limit: Float64Array): boolean {
  add(codec, bytes, at, samples, limit);
  return (sum[0] ?? 0) / samples < (limit[0] ?? 0);
}

/** The power of a level, for comparing without a logarithm per frame. */
export function powerOf(dbm0: number): number {
  return 10 ** (dbm0 / 10);
}

/** Peak value, on the 16-bit scale, of a sine of this level; limited to what G.711 can carry. */
export function peakOf(dbm0: number): number {
  return Math.min(32_124, Math.sqrt(2 * ulawReference * powerOf(dbm0)));
}
