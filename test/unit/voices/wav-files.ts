export interface WavOptions {
  readonly rate?: number;
  readonly channels?: number;
  readonly bits?: number;
  readonly tag?: number;
  /** Put where the length of the audio belongs. */
  readonly claimedBytes?: number;
  /** Whole chunks that come before the format. */
  readonly before?: Buffer;
}

/** A RIFF WAVE file around these bytes of audio. */
export function wavFile(audio: Uint8Array, { rate = 8000, channels = 1, bits = 16, tag = 1, claimedBytes = audio.length, before = Buffer.alloc(0) }: WavOptions = {}): Buffer {
  const format = Buffer.alloc(24);
  format.write('fmt ');
  format.writeUInt32LE(16, 4);
  format.writeUInt16LE(tag, 8);
  format.writeUInt16LE(channels, 10);
  format.writeUInt32LE(rate, 12);
  format.writeUInt32LE((rate * channels * bits) / 8, 16);
  format.writeUInt16LE((channels * bits) / 8, 20);
  format.writeUInt16LE(bits, 22);
  const data = Buffer.alloc(8);
  data.write('data');
  data.writeUInt32LE(claimedBytes, 4);
  const riff = Buffer.from('RIFF\0\0\0\0WAVE', 'latin1');
  return Buffer.concat([riff, before, format, data, audio]);
}

export function pcm16(samples: readonly number[]): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, index) => bytes.writeInt16LE(Math.round(sample), 2 * index));
  return bytes;
}
