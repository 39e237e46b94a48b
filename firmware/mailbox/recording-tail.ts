import type { Storage } from '../../hal/storage.ts';
import type { LogPlace } from './log-cursor.ts';
import { LogCursor } from './log-cursor.ts';

/** Audio of a recording in progress, read behind its writer, frame by frame. */
export interface TailChunk {
  readonly bytes: Uint8Array;
  readonly lostPackets: number;
  /** Audio bytes before it. */
  readonly offset: number;
}

/**
 * Follows the log of a recording in progress from its beginning, or from the frame that holds `from`. Each read opens the file anew:
 * what was zeros a moment ago may be a frame now, and a disk that refused the first file has made it go on in another.
 */
export class RecordingTail {
  readonly #storage: Storage;
  readonly #path: () => string | null | undefined;
  readonly #from: number;
  #place: LogPlace | null = null;

  /** `path`: null = it lies nowhere yet; undefined = there is no such recording any more. */
  constructor(storage: Storage, path: () => string | null | undefined, from: number) {
    this.#storage = storage;
    this.#path = path;
    this.#from = from;
  }

  /** Up to `limit` frames of audio, none: that is all there is for now. null: the recording is over. Errors: HalError. */
  async read(limit: number): Promise<TailChunk[] | null> {
    const path = this.#path();
    if (path === undefined) return null;
    if (path === null) return [];
    const file = await this.#storage.open(path, 'read');
    try {
      const cursor = await LogCursor.open(file);
      if (cursor === null) return [];
      if (this.#place !== null) cursor.seek(this.#place);
      return await this.#take(cursor, limit);
    } finally {
      await file.close();
    }
  }

  async #take(cursor: LogCursor, limit: number): Promise<TailChunk[]> {
    const chunks: TailChunk[] = [];
    while (chunks.length < limit) {
      const frame = await cursor.next();
      if (frame === null || frame.type === 'trailer') break;
      this.#place = cursor.place;
      if (frame.type !== 'audio' || cursor.place.position <= this.#from) continue;
      const skip = Math.max(0, this.#from - frame.position);
      chunks.push({ bytes: frame.payload.slice(skip), lostPackets: frame.lostPackets, offset: frame.position + skip });
    }
    return chunks;
  }
}
