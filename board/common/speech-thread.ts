import { HalError } from '../../hal/errors.ts';
import { runFlite } from '../../hal/drivers/speech/flite-program.ts';
import type { SpeechAnswer, SpeechOrder } from '../../hal/drivers/speech/speech-protocol.ts';
import { parentThread } from '../../hal/drivers/linux/linux-thread.ts';
import type { Audio } from '../voices/audio.ts';
import { encodePrompt } from '../voices/encode-prompt.ts';
import { espeak } from '../voices/espeak.ts';
import { paddingFor } from '../voices/padding.ts';
import { VoicingError } from '../voices/voicing-error.ts';
import { readWav } from '../voices/wav-reader.ts';

/** The voice of the unit's own prompts. */
const fliteVoice = 'slt';

/**
 * The main of the thread that speaks: English by the synthesiser that the product carries, other languages by espeak-ng where the machine has it. `wasm`
 * is unpacked and compiled at the first English text.
 */
export function runSpeechThread(wasm: () => Uint8Array): void {
  const control = parentThread<SpeechOrder, SpeechAnswer>();
  if (control === null) return;
  let module: WebAssembly.Module | null = null;
  const english = (text: string): Audio => readWav(runFlite((module ??= new WebAssembly.Module(wasm())), fliteVoice, text), 'flite');
  control.received = ({ text, language }) => {
    const voice = language === 'en' ? async () => english(text) : async () => (await espeak(language).speak([text]))[0] as Audio;
    void voice().then((audio) => spoken(audio, text)).then((answer) => control.send(answer), (error: unknown) => control.send(refused(error, language)));
  };
}

const spoken = (audio: Audio, text: string): SpeechAnswer => ({ type: 'spoken', ulaw: encodePrompt(audio, paddingFor('said', text), 'That text') });

function refused(error: unknown, language: string): SpeechAnswer {
  const missing = error instanceof VoicingError && error.id === 'no-synthesiser';
  if (missing) return { type: 'refused', unsupported: true, detail: `only English is spoken without espeak-ng: install it (apt-get install espeak-ng), or record a prompt, for "${language}"` };
  return { type: 'refused', unsupported: false, detail: error instanceof HalError || error instanceof VoicingError ? error.message : String(error) };
}
