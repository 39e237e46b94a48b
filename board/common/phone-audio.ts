import { toUlaw } from '../../hal/g711.ts';
import { toPhoneRate } from '../voices/resample.ts';
import { VoicingError } from '../voices/voicing-error.ts';
import { readWav } from '../voices/wav-reader.ts';

const leastRate = 8000;
const mostRate = 192_000;

/** µ-law at 8 kHz out of a WAV file of at most `mostSec`; a sentence on what is wrong with it, in place of the audio. */
export function ulawOf(wav: Uint8Array, mostSec: number): Uint8Array | string {
  try {
    const audio = readWav(wav, 'the file', mostSec);
    if (audio.samples.length === 0) return 'there is no audio in it';
    if (audio.rate < leastRate || audio.rate > mostRate) return `it has ${audio.rate} samples a second: ${leastRate} to ${mostRate} can be used`;
    return Uint8Array.from(toPhoneRate(audio), (sample) => toUlaw(Math.max(-32_768, Math.min(32_767, Math.round(sample)))));
  } catch (error) {
    if (error instanceof VoicingError) return error.message;
    throw error;
  }
}

const chunkBytes = 8000;

/** As a recording takes it. */
export async function* inChunks(audio: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < audio.length; at += chunkBytes) yield audio.subarray(at, at + chunkBytes);
}
