import type { Audio } from './audio.ts';
import { runProgram } from './run-program.ts';
import type { Synthesiser } from './synthesiser.ts';
import { VoicingError } from './voicing-error.ts';
import { readWav } from './wav-reader.ts';

const program = 'espeak-ng';
const wordsPerMinute = '170';
const textLimitMs = 30_000;

/** Any of the many languages of espeak-ng, a Debian package. Synthetic, but well understood over a telephone. 22.05 kHz. */
export function espeak(language: string): Synthesiser {
  return {
    label: `${program} ${language} (Debian ${program})`,
    voice: `espeak-${language}-${wordsPerMinute}`,
    batch: 1,
    speak: (texts) => Promise.all(texts.map((text) => speak(language, text))),
  };
}

async function speak(language: string, text: string): Promise<Audio> {
  const end = await runProgram(program, ['-v', language, '-s', wordsPerMinute, '--stdout', '--', text], '', textLimitMs).catch(notThere);
  if (!end.ok) throw new VoicingError('synthesis-failed', `${program} could not speak "${text}" (${end.how}): ${end.complaint}`);
  return readWav(end.output, `${program}'s "${text}"`);
}

function notThere(cause: NodeJS.ErrnoException): never {
  if (cause.code !== 'ENOENT') throw cause;
  const message = `${program} is not installed, and prompts in other languages than English need it: run "apt-get install -y ${program}" as root.`;
  throw new VoicingError('no-synthesiser', message);
}
