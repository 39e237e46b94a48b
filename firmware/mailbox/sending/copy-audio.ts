import type { Random } from '../../../hal/random.ts';
import type { Storage } from '../../../hal/storage.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Log } from '../../log.ts';
import { reserveBytes } from '../log-writer.ts';
import type { MessageReader } from '../message-store.ts';
import type { RecordingFacts } from '../recording.ts';
import type { SealedRecording } from '../recording-writer.ts';
import { RecordingWriter } from '../recording-writer.ts';

/** A second of audio in each frame, and so many of them between two syncs. */
const frameAudioBytes = 8000;
const framesInARow = 12;

export interface CopyParts {
  readonly storage: Storage;
  readonly random: Random;
  readonly log: Log;
}

/** Makes a recording of `audio` in `folder`, durable when it resolves. The rest of a damaged one is left out. Errors: HalError, and nothing is left. */
export async function copyAudio(parts: CopyParts, folder: string, facts: RecordingFacts, audio: MessageReader): Promise<SealedRecording> {
  const writer = await RecordingWriter.begin({ ...parts, folder, facts, reserve: reserveBytes(audio.bytes) });
  try {
    for (let at = 0; at < audio.bytes; ) at = await copyRow(writer, audio, at);
    const sealed = await writer.seal('copied');
    if (!sealed.trailer.interrupted) return sealed;
    await parts.storage.remove(sealed.path);
    throw new HalError('io', sealed.path, 'the copy was cut short by the disk');
  } catch (error) {
    await writer.discard().catch(() => undefined);
    throw error;
  }
}

/** Returns where the next row begins. */
async function copyRow(writer: RecordingWriter, audio: MessageReader, from: number): Promise<number> {
  let at = from;
  for (let frame = 0; frame < framesInARow && at < audio.bytes; frame++) {
    const bytes = await audio.read(at, frameAudioBytes);
    if (bytes.length === 0) return audio.bytes;
    if (!writer.append(bytes, 0)) throw new HalError('io', writer.facts.id, 'the disk does not take the copy');
    at += bytes.length;
  }
  await writer.idle();
  return at;
}
