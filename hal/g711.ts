/**
 * ITU-T G.711 by tables: µ-law and A-law to and from 16-bit linear, and directly from one law to the other.
 * Linear values are the standard's 14-bit (µ) and 13-bit (A) scales brought to 16 bits; µ peaks at 32,124, A at 32,256.
 */
import type { LineLaw } from './line.ts';

/** The code of digital silence. */
export const ulawSilence = 0xff;
export const alawSilence = 0xd5;

/** Linear to code, indexed by sample + 32,768. */
export const ulawEncode = new Uint8Array(65_536);
export const alawEncode = new Uint8Array(65_536);
/** Code to linear. */
export const ulawDecode = new Int16Array(256);
export const alawDecode = new Int16Array(256);
/** Code to the code of the other law whose value is nearest. */
export const ulawToAlaw = new Uint8Array(256);
export const alawToUlaw = new Uint8Array(256);
const same = Uint8Array.from({ length: 256 }, (_, code) => code);

const ulawBias = 132; // 33 on the 14-bit scale: makes every segment start at a power of two
const ulawClip = 32_635;

/** Code of one 16-bit sample, by the segments of G.711 table 2. */
export function toUlaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const biased = Math.min(Math.abs(sample), ulawClip) + ulawBias;
  const segment = 24 - Math.clz32(biased); // biased is 2^7..2^15
  return ~(sign | (segment << 4) | ((biased >> (segment + 3)) & 0x0f)) & 0xff;
}

function fromUlaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + ulawBias) << ((bits >> 4) & 7)) - ulawBias;
  return bits & 0x80 ? -magnitude : magnitude;
}

/** Code of one 16-bit sample, by the segments of G.711 table 1; even bits are inverted on the line. */
export function toAlaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  const magnitude = (sample < 0 ? ~sample : sample) >> 4; // 0..2047; the negative side has no zero of its own
  const segment = Math.max(0, 28 - Math.clz32(magnitude));
  const step = segment > 1 ? magnitude >> (segment - 1) : magnitude;
  return (sign | (segment << 4) | (step & 0x0f)) ^ 0x55;
}

function fromAlaw(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 7;
  const middle = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? middle : (middle + 256) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

// Whole steps at once, for this runs at each start. The smallest: 8 of magnitude in µ-law, the first one half, so all boundaries are multiples of 4; 16 in A-law.
ulawEncode[0] = toUlaw(-32_768);
for (let magnitude = 0; magnitude < 32_768; magnitude += 4) {
  ulawEncode.fill(toUlaw(-magnitude - 3), 32_768 - magnitude - 3, 32_768 - magnitude + (magnitude === 0 ? 0 : 1));
  ulawEncode.fill(toUlaw(magnitude), 32_768 + magnitude, 32_768 + magnitude + 4);
}
for (let sample = -32_768; sample < 32_768; sample += 16) alawEncode.fill(toAlaw(sample), sample + 32_768, sample + 32_784);
for (let code = 0; code < 256; code++) {
  ulawDecode[code] = fromUlaw(code);
  alawDecode[code] = fromAlaw(code);
}
for (let code = 0; code < 256; code++) {
  ulawToAlaw[code] = alawEncode[fromUlaw(code) + 32_768] ?? 0;
  alawToUlaw[code] = ulawEncode[fromAlaw(code) + 32_768] ?? 0;
}

/** Linear to code table of a codec, indexed by sample + 32,768. */
export function encodeTable(codec: LineLaw): Uint8Array {
  return codec === 'PCMU' ? ulawEncode : alawEncode;
}

/** Code to linear table of a codec. */
export function decodeTable(codec: LineLaw): Int16Array {
  return codec === 'PCMU' ? ulawDecode : alawDecode;
}

/** Code to code table; the identity when both are the same, so that callers need no special case. */
export function convertTable(from: LineLaw, to: LineLaw): Uint8Array {
  if (from === to) return same;
  return from === 'PCMU' ? ulawToAlaw : alawToUlaw;
}

export function silenceCode(codec: LineLaw): number {
  return codec === 'PCMU' ? ulawSilence : alawSilence;
}
