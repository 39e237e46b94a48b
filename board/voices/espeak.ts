import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Audio } from './audio.ts';
import { runProgram } from './run-program.ts';
import type { Synthesiser } from './synthesiser.ts';
import { VoicingError } from './voicing-error.ts';
import { readWav } from './wav-reader.ts';

const program = 'espeak-ng';
const wordsPerMinute = '170';
const textLimitMs = 30_000;
const batch = 16;
/** As the shell says that there is no such program. */
const noProgram = 127;

/** One text after another into <folder>/<index>.wav, so that the build starts one process for all of them. */
const script = 'folder=$1; voice=$2; speed=$3; shift 3; at=0; for text; do espeak-ng -v "$voice" -s "$speed" -w "$folder/$at.wav" -- "$text" || exit; at=$((at + 1)); done';

/** Any of the many languages of espeak-ng, a Debian package. Synthetic, but well understood over a telephone. 22.05 kHz. */
export function espeak(language: string): Synthesiser {
  return {
    label: `${program} ${language} (Debian ${program})`,
    voice: `espeak-${language}-${wordsPerMinute}`,
    batch,
    speak: async (texts) => (texts.length === 1 ? [await speak(language, texts[0] as string)] : speakMany(language, texts)),
  };
}

async function speak(language: string, text: string): Promise<Audio> {
  const end = await runProgram(program, ['-v', language, '-s', wordsPerMinute, '--stdout', '--', text], '', textLimitMs).catch(notThere);
  if (!end.ok) throw new VoicingError('synthesis-failed', `${program} could not speak "${text}" (${end.how}): ${end.complaint}`);
  return readWav(end.output, `${program}'s "${text}"`);
}

async function speakMany(language: string, texts: readonly string[]): Promise<Audio[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'espeak-'));
  try {
    const end = await runProgram('/bin/sh', ['-c', script, program, folder, language, wordsPerMinute, ...texts], '', texts.length * textLimitMs);
    if (end.how === `code ${noProgram}`) throw missing();
    if (!end.ok) throw new VoicingError('synthesis-failed', `${program} could not speak one of ${texts.length} texts (${end.how}): ${end.complaint}`);
    return await Promise.all(texts.map(async (text, index) => readWav(await readFile(path.join(folder, `${index}.wav`)), `${program}'s "${text}"`)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function notThere(cause: NodeJS.ErrnoException): never {
  throw cause.code === 'ENOENT' ? missing() : cause;
}

function missing(): VoicingError {
  const message = `${program} is not installed, and prompts in other languages than English need it: run "apt-get install -y ${program}" as root.`;
  return new VoicingError('no-synthesiser', message);
}
