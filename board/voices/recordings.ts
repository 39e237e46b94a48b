import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { alawDecode } from '../../hal/g711.ts';
import type { Audio } from './audio.ts';
import { phoneRate } from './audio.ts';
import { VoicingError } from './voicing-error.ts';
import { readLinear, readWav } from './wav-reader.ts';

/** A recorded voice for one prompt. */
export interface Recording {
  readonly id: string;
  readonly file: string;
}

type Decoder = (bytes: Uint8Array, file: string) => Audio;

/** What a recording may be, by its ending. `.ulaw` is not here: it is taken byte for byte. */
const decoders: Readonly<Record<string, Decoder>> = {
  '.wav': readWav,
  '.sln': (bytes) => readLinear(bytes, phoneRate),
  '.sln16': (bytes) => readLinear(bytes, 16_000),
  '.alaw': (bytes) => ({ rate: phoneRate, samples: Float64Array.from(bytes, (code) => alawDecode[code] ?? 0) }),
};
const readyMade = '.ulaw';

/**
 * The files `folder/<language>/<id>.<ending>`. None if the folder is not there. Every file must belong to a prompt, since one that is
 * misspelt would otherwise be missed in silence. Errors: VoicingError bad-recording.
 */
export async function findRecordings(folder: string, language: string, ids: ReadonlySet<string>): Promise<Recording[]> {
  const place = path.join(folder, language);
  const found = (await namesIn(place)).map((name) => ({ id: path.parse(name).name, file: path.join(place, name) }));
  for (const { id, file } of found) {
    if (!ids.has(id)) throw new VoicingError('bad-recording', `${file} belongs to no prompt: there is no "${id}" in the catalogue of "${language}".`);
    if (found.some((other) => other.id === id && other.file !== file)) throw new VoicingError('bad-recording', `${place} has more than one recording of "${id}".`);
  }
  return found;
}

/** Either finished µ-law, or a voice that is still to be conditioned. */
export type RecordedVoice = { readonly ulaw: Uint8Array } | { readonly audio: Audio };

/** Errors: VoicingError bad-recording. */
export function decodeRecording(file: string, bytes: Uint8Array): RecordedVoice {
  const ending = path.extname(file).toLowerCase();
  if (ending === readyMade) return { ulaw: bytes };
  const decoder = decoders[ending];
  if (decoder === undefined) {
    throw new VoicingError('bad-recording', `${file} cannot be used: recordings are ${[readyMade, ...Object.keys(decoders)].join(', ')} files.`);
  }
  const audio = decoder(bytes, file);
  if (audio.rate < phoneRate) throw new VoicingError('bad-recording', `${file} cannot be used: it has ${audio.rate} samples a second, and ${phoneRate} are needed.`);
  return { audio };
}

export const readRecording = async (file: string): Promise<RecordedVoice> => decodeRecording(file, await readFile(file));

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}
