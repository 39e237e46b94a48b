import { alawDecode, ulawDecode } from '../../hal/g711.ts';
import type { MessageReader } from './message-store.ts';

/** The canonical header of RIFF WAVE with 16-bit PCM. */
export const wavHeaderBytes = 44;

const sampleRate = 8000;
const blockBytes = 16_384;

/** Header for `samples` samples, mono, 8 kHz, 16 bit: what every player reads. */
export function wavHeader(samples: number): Uint8Array {
  const bytes = Buffer.alloc(wavHeaderBytes);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(wavHeaderBytes - 8 + samples * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20); // PCM
  bytes.writeUInt16LE(1, 22); // channels
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples * 2, 40);
  return bytes;
}

/**
 * A stored recording as a WAV file, block by block. What a damaged file no longer holds becomes silence, so that the header, which
 * comes first, stays right. Errors: those of `reader.read`.
 */
export async function* wavOf(reader: MessageReader): AsyncGenerator<Uint8Array> {
  const decode = reader.codec === 'PCMU' ? ulawDecode : alawDecode;
  yield wavHeader(reader.bytes);
  for (let at = 0; at < reader.bytes; at += blockBytes) {
    const length = Math.min(blockBytes, reader.bytes - at);
    const coded = await reader.read(at, length);
    const block = Buffer.alloc(length * 2);
    coded.forEach((code, index) => block.writeInt16LE(decode[code] ?? 0, index * 2));
    yield block;
  }
}
