import { HalError } from '../../hal/errors.ts';
import type { Storage, StorageFile } from '../../hal/storage.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { LogFrame, LogPlace } from './log-cursor.ts';
import { LogCursor, readFacts } from './log-cursor.ts';
import type { MessageReader } from './message-store.ts';

/** Bounds what one reader remembers of a log: 100,000 frames are more than 13 hours of half-second chunks. */
const maxFrames = 100_000;

/** Random access to the audio of one log. Frames are checked when they are read; places met are remembered, so going back is cheap. */
export class RecordingReader implements MessageReader {
  readonly codec: CodecName;
  readonly bytes: number;
  damaged = false;
  readonly #file: StorageFile;
  readonly #cursor: LogCursor;
  /** Places of audio frames met so far, in order. */
  readonly #places: LogPlace[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(file: StorageFile, cursor: LogCursor, codec: CodecName, bytes: number) {
    this.#file = file;
    this.#cursor = cursor;
    this.codec = codec;
    this.bytes = bytes;
  }

  /** `bytes`: audio bytes that count. Errors: HalError not-found; io when the file does not begin like a recording. */
  static async open(storage: Storage, path: string, bytes: number): Promise<RecordingReader> {
    const file = await storage.open(path, 'read');
    try {
      const cursor = await LogCursor.open(file);
      const facts = cursor === null ? 'does not begin like a recording' : await readFacts(cursor);
      if (cursor === null || typeof facts === 'string') throw new HalError('io', path, String(facts));
      const reader = new RecordingReader(file, cursor, facts.codec, bytes);
      reader.#places.push(cursor.place);
      return reader;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    const result = this.#queue.then(() => this.#read(offset, length));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#file.close();
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    const result = new Uint8Array(Math.max(0, Math.min(length, this.bytes - offset)));
    let done = 0;
    this.#seek(offset);
    while (done < result.length) {
      const frame = await this.#nextAudio();
      if (frame === null) break;
      const part = frame.payload.subarray(Math.max(0, offset + done - frame.position), offset + result.length - frame.position);
      result.set(part, done);
      done += part.length;
    }
    return result.subarray(0, done);
  }

  async #nextAudio(): Promise<LogFrame | null> {
    const frame = await this.#cursor.next();
    if (frame?.type === 'audio') {
      this.#remember(this.#cursor.place);
      return frame;
    }
    // Whoever asks past the last frame asked for audio that the index promises.
    this.damaged = true;
    return null;
  }

  #remember(place: LogPlace): void {
    const last = this.#places.at(-1);
    if ((last === undefined || place.sequence > last.sequence) && this.#places.length < maxFrames) this.#places.push(place);
  }

  /** To the last known place at or before `offset`. */
  #seek(offset: number): void {
    let low = 0;
    for (let high = this.#places.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if ((this.#places[middle] as LogPlace).position <= offset) low = middle;
      else high = middle;
    }
    this.#cursor.seek(this.#places[low] as LogPlace);
  }
}
