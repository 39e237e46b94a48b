import { ulawEncode } from '../../hal/g711.ts';
import type { Audio } from './audio.ts';
import type { Padding } from './condition.ts';
import { condition } from './condition.ts';
import { VoicingError } from './voicing-error.ts';

/** The µ-law of a conditioned prompt. `what` names it where there is nothing to be heard. Errors: VoicingError synthesis-failed. */
export function encodePrompt(voice: Audio, padding: Padding, what: string): Uint8Array {
  const samples = condition(voice, padding);
  if (samples.length === 0) throw new VoicingError('synthesis-failed', `${what} is silent.`);
  return Uint8Array.from(samples, (sample) => ulawEncode[sample + 32_768] as number);
}
