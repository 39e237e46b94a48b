import { condition } from './condition.ts';
import type { FliteVoice } from './flite.ts';
import { flite } from './flite.ts';
import { paddingFor } from './padding.ts';
import { VoicingError } from './voicing-error.ts';

/** About two minutes of speech. */
const maxCharacters = 2000;

/**
 * Speaks a text as somebody on the telephone would sound: 8 kHz, telephone band, about -20 dBm0. English; about 0.3 s for a sentence, in a child
 * process. Errors: VoicingError no-synthesiser (the npm package is not there), synthesis-failed.
 */
export async function synthesise(text: string, { voice = 'rms' }: { readonly voice?: FliteVoice } = {}): Promise<Int16Array> {
  const [spoken] = await flite(voice).speak([text.slice(0, maxCharacters)]);
  const samples = spoken === undefined ? new Int16Array(0) : condition(spoken, paddingFor('said', text));
  if (samples.length === 0) throw new VoicingError('synthesis-failed', 'There is nothing to be heard in that text.');
  return samples;
}
