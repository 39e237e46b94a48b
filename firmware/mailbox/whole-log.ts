import type { StorageFile } from '../../hal/storage.ts';
import { LogCursor, scanLog } from './log-cursor.ts';
import type { RecordingFacts, RecordingTrailer } from './recording.ts';

/** A log of which nothing is missing. */
export interface WholeLog {
  readonly facts: RecordingFacts;
  readonly trailer: RecordingTrailer;
  /** Up to the end of the trailer; a file may be longer when the power went while its reserve was given back. */
  readonly bytes: number;
}

/** Reads all of a log: every frame, the trailer, the sum over the audio. A text says what is wrong. Errors: HalError io. */
export async function readWholeLog(file: StorageFile): Promise<WholeLog | string> {
  const scan = await scanLog(file);
  if (typeof scan === 'string') return scan;
  const { facts, trailer, end, sha256, fault } = scan;
  if (trailer === null) return fault ?? 'has no trailer';
  if (trailer.sha256 !== sha256) return 'its audio is not what was recorded';
  if (trailer.keepBytes > end.position) return 'is shorter than its trailer says';
  const cursor = await LogCursor.open(file);
  cursor?.seek(end);
  const last = (await cursor?.next()) ?? null;
  if (cursor === null || last === null) return cursor?.fault ?? 'can no longer be read';
  return { facts, trailer, bytes: cursor.place.offset };
}
