// What an exchange and a telephone send, in mu-law at 8 kHz, with arithmetic of its own.
import type { Sound } from './dahdi-port.ts';

export const samplesPerSecond = 8000;
const bias = 0x84;
const silence = 0xff;

/** G.711 mu-law of a linear sample of 16 bits. */
export function toMulaw(linear: number): number {
  const sign = linear < 0 ? 0x80 : 0;
  const magnitude = Math.min(32635, Math.abs(Math.round(linear))) + bias;
  const exponent = 24 - Math.clz32(magnitude >> 0);
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15)) & 0xff;
}

export function fromMulaw(byte: number): number {
  const code = ~byte & 0xff;
  const magnitude = (((code & 15) << 3) + bias) * 2 ** ((code >> 4) & 7) - bias;
  return code & 0x80 ? -magnitude : magnitude;
}

export const linearOf = Float64Array.from({ length: 256 }, (_, byte) => fromMulaw(byte));

/** `heard` scaled by so many dB, for each code: a gain table of the kernel. */
export function gainTable(dB: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => toMulaw(fromMulaw(byte) * 10 ** (dB / 20)));
}

/** Ends by itself after `samples`, filled up with silence. */
export function sampled(samples: Uint8Array): Sound {
  let at = 0;
  return (block) => {
    block.fill(silence);
    block.set(samples.subarray(at, at + block.length));
    at += block.length;
    return at < samples.length;
  };
}

export const quiet: Sound = (block) => {
  block.fill(silence);
  return true;
};

/** Like speech in bandwidth, unlike it in that it never pauses; the same each time. */
export function noise(amplitude: number): Sound {
  let state = 1;
  let last = 0;
  return (block) => {
    for (let at = 0; at < block.length; at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      last = 0.5 * last + ((state / 2 ** 31) - 1) * amplitude;
      block[at] = toMulaw(last);
    }
    return true;
  };
}

/** Each byte is one more than the last: what is lost, repeated or changed shows. */
export function counter(first: number): Sound {
  let next = first;
  return (block) => {
    for (let at = 0; at < block.length; at++) block[at] = next++ & 0xff;
    return true;
  };
}

/** The sum of sines, each with the amplitude given, on and off by `cadenceMs`, for ever. [] = without a pause. */
export function tone(frequencies: readonly number[], amplitude: number, cadenceMs: readonly number[] = []): Sound {
  const period = cadenceMs.reduce((sum, ms) => sum + ms, 0) * 8;
  let at = 0;
  return (block) => {
    for (let index = 0; index < block.length; index++, at++) block[index] = isOn(at, period, cadenceMs) ? toMulaw(sines(frequencies, at) * amplitude) : silence;
    return true;
  };
}

function isOn(at: number, period: number, cadenceMs: readonly number[]): boolean {
  if (period === 0) return true;
  let left = at % period;
  for (const [index, ms] of cadenceMs.entries()) {
    if (left < ms * 8) return index % 2 === 0;
    left -= ms * 8;
  }
  return false;
}

function sines(frequencies: readonly number[], at: number): number {
  return frequencies.reduce((sum, frequency) => sum + Math.sin((2 * Math.PI * frequency * at) / samplesPerSecond), 0);
}

const rows = [697, 770, 852, 941];
const columns = [1209, 1336, 1477, 1633];
const keys = '123A456B789C*0#D';

/** ITU-T Q.23: the two frequencies of a key. */
export function dtmfPair(key: string): readonly [number, number] {
  const at = keys.indexOf(key);
  if (at < 0) throw new Error(`${key} is no key`);
  return [rows[at >> 2] as number, columns[at & 3] as number];
}

export const dtmf = { rows, columns, keys };

/** Keys of 80 ms with pauses as long. */
export function dtmfSound(digits: string): Uint8Array {
  const samples = new Uint8Array(digits.length * 1280).fill(silence);
  for (const [index, key] of [...digits].entries()) {
    const sound = tone(dtmfPair(key), 5000);
    sound(samples.subarray(index * 1280, index * 1280 + 640));
  }
  return samples;
}
