// Caller ID as an exchange sends it between the first two rings: FSK of Bell 202, 1200 Bd, mark 1200 Hz, space 2200 Hz, in the multiple
// data message format (Telcordia GR-30, GR-31; ETSI EN 300 659 is the same but for the carrier). And a listener for telephones.
import { linearOf, samplesPerSecond, toMulaw } from './line-sound.ts';

const baud = 1200;
const markHz = 1200;
const spaceHz = 2200;
const amplitude = 4000;

/** Bytes of a message with its length and checksum. `kind` 0x80: multiple data, 0x82: lamp. */
export function messageBytes(kind: number, fields: readonly (readonly [number, string])[]): number[] {
  const body = fields.flatMap(([field, text]) => [field, text.length, ...Buffer.from(text, 'latin1')]);
  const bytes = [kind, body.length, ...body];
  return [...bytes, -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff];
}

/** Field 1: date and time, 2: number, 7: name. */
export function callerIdSound(number: string, name: string): Uint8Array {
  return fskSound(messageBytes(0x80, [[1, '11231430'], [2, number], [7, name]]));
}

/** 300 bits of channel seizure, 180 of mark, then the bytes with start and stop bit, low bit first. */
export function fskSound(bytes: readonly number[]): Uint8Array {
  const seizure = Array.from({ length: 300 }, (_, index) => index % 2);
  const framed = bytes.flatMap((byte) => [0, ...Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1), 1]);
  const bits = [...seizure, ...new Array<number>(180).fill(1), ...framed, 1, 1, 1, 1];
  const samples = new Uint8Array(Math.ceil((bits.length * samplesPerSecond) / baud));
  let phase = 0;
  for (let at = 0; at < samples.length; at++) {
    const bit = bits[Math.floor((at * baud) / samplesPerSecond)] ?? 1;
    phase += (2 * Math.PI * (bit ? markHz : spaceHz)) / samplesPerSecond;
    samples[at] = toMulaw(amplitude * Math.sin(phase));
  }
  return samples;
}

/** The bytes of the first message of good checksum in what a telephone heard, or null. Found by trying each sample as its start. */
export function messageIn(samples: Uint8Array): number[] | null {
  const levels = bitLevels(samples);
  for (let at = 0; at < levels.length; at++) {
    if (!(levels[at] as number < 0) || !((levels[at - 1] ?? 0) >= 0)) continue;
    const message = messageAt(levels, at);
    if (message !== null) return message;
  }
  return null;
}

const samplesPerBit = samplesPerSecond / baud;

const windowSamples = Math.round(samplesPerBit);
const waves = (frequency: number): { cosine: number; sine: number }[] =>
  Array.from({ length: windowSamples }, (_, index) => (2 * Math.PI * frequency * index) / samplesPerSecond).map((angle) => ({ cosine: Math.cos(angle), sine: Math.sin(angle) }));
const [markWaves, spaceWaves] = [waves(markHz), waves(spaceHz)];

/** Above 0: mark. One value for each sample, over the length of a bit from there. */
function bitLevels(samples: Uint8Array): Float64Array {
  const power = (table: typeof markWaves, at: number): number => {
    let [real, imaginary] = [0, 0];
    for (const [index, { cosine, sine }] of table.entries()) {
      const value = linearOf[samples[at + index] ?? 0xff] as number;
      real += value * cosine;
      imaginary += value * sine;
    }
    return real * real + imaginary * imaginary;
  };
  return Float64Array.from({ length: samples.length }, (_, at) => power(markWaves, at) - power(spaceWaves, at));
}

function messageAt(levels: Float64Array, start: number): number[] | null {
  const bytes: number[] = [];
  let at = start;
  for (let length = 3; bytes.length < length; ) {
    const byte = byteAt(levels, at);
    if (byte === null) return null;
    bytes.push(byte);
    if (bytes.length === 2) length = byte + 3;
    const next = startBit(levels, Math.floor(at + 9.2 * samplesPerBit));
    if (bytes.length < length && next === null) return null;
    at = next ?? at;
  }
  const good = [0x80, 0x82, 0x04, 0x06].includes(bytes[0] as number) && (bytes.reduce((sum, byte) => sum + byte, 0) & 0xff) === 0;
  return good ? bytes : null;
}

function byteAt(levels: Float64Array, start: number): number | null {
  const bit = (index: number): boolean => (levels[Math.round(start + (index + 0.5) * samplesPerBit)] ?? 0) > 0;
  if (bit(0) || !bit(9)) return null;
  return Array.from({ length: 8 }, (_, index) => (bit(index + 1) ? 1 << index : 0)).reduce((sum, value) => sum + value, 0);
}

/** Where mark turns to space, within two bits. */
function startBit(levels: Float64Array, from: number): number | null {
  for (let at = from; at < from + 3 * samplesPerBit; at++) if ((levels[at] ?? 0) < 0 && (levels[at - 1] ?? 0) >= 0) return at;
  return null;
}
