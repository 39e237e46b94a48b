import { alawDecode, ulawDecode } from '../../hal/g711.ts';
import type { Audio } from './audio.ts';
import { VoicingError } from './voicing-error.ts';

const formats = { pcm: 1, alaw: 6, ulaw: 7, extensible: 0xfffe } as const;

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/**
 * Reads RIFF WAVE: 16-bit PCM or G.711, any rate; of several channels the first. A length beyond the end of the file, as programs that
 * write to a pipe put it, means "to the end". `name` is for the error (bad-recording).
 * What lasts longer than `mostSec` is refused before it is decoded.
 */
export function readWav(bytes: Uint8Array, name: string, mostSec = Infinity): Audio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || ascii(bytes, 0) !== 'RIFF' || ascii(bytes, 8) !== 'WAVE') throw unusable(name, 'it is not a WAV file');
  let format: Format | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = Math.min(view.getUint32(at + 4, true), bytes.length - at - 8);
    if (ascii(bytes, at) === 'fmt ' && length >= 16) format = readFormat(view, at + 8, length);
    if (ascii(bytes, at) === 'data' && format !== null) return decode(view, at + 8, length, format, name, mostSec);
    at += 8 + length + (length % 2);
  }
  throw unusable(name, 'it has no audio in it');
}

/** Headerless 16-bit little-endian samples, as Asterisk's .sln files have them. */
export function readLinear(bytes: Uint8Array, rate: number): Audio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { rate, samples: new Float64Array(bytes.length >> 1).map((_, index) => view.getInt16(2 * index, true)) };
}

const ascii = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

const unusable = (name: string, why: string): VoicingError => new VoicingError('bad-recording', `${name} cannot be used: ${why}.`);

function readFormat(view: DataView, at: number, length: number): Format {
  const tag = view.getUint16(at, true);
  return {
    tag: tag === formats.extensible && length >= 26 ? view.getUint16(at + 24, true) : tag,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

function decode(view: DataView, at: number, length: number, format: Format, name: string, mostSec: number): Audio {
  const sampleAt = sampleReader(view, format);
  if (sampleAt === null || format.channels === 0) throw unusable(name, `WAV format ${format.tag} with ${format.bits} bits is not 16-bit PCM or G.711`);
  const frameBytes = (format.channels * format.bits) / 8;
  const count = Math.floor(length / frameBytes);
  if (count > mostSec * format.rate) throw unusable(name, `it lasts longer than ${mostSec} s`);
  return { rate: format.rate, samples: new Float64Array(count).map((_, index) => sampleAt(at + index * frameBytes)) };
}

function sampleReader(view: DataView, { tag, bits }: Format): ((at: number) => number) | null {
  if (tag === formats.pcm && bits === 16) return (at) => view.getInt16(at, true);
  if (tag === formats.ulaw && bits === 8) return (at) => ulawDecode[view.getUint8(at)] ?? 0;
  if (tag === formats.alaw && bits === 8) return (at) => alawDecode[view.getUint8(at)] ?? 0;
  return null;
}
