import { HalError } from '../../hal/errors.ts';
import type { Storage, StorageFile } from '../../hal/storage.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { LogFrame, LogPlace } from './log-cursor.ts';
import { LogCursor, readFacts } from './log-cursor.ts';
import type { MessageReader } from './message-store.ts';
import { DamagedLog, readTwice } from './read-twice.ts';
import { ReadWindows } from './read-windows.ts';

/** Bounds what one reader remembers of a log: 100,000 frames are more than 13 hours of half-second chunks. */
const maxFrames = 100_000;

/**
 * What all readers read through. A window holds what a port asks for at a time, 16 KiB, with the frames of half a second to one second that it begins and
 * ends in; a reader has one only while it reads, so 250 ports that play need no more of them than the disk is asked for at one time. One that was opened keeps it
 * until its first read is done, or it is closed: what was read with the facts is where the audio begins.
 */
const sharedWindows = new ReadWindows(32 * 1024, 8);

/**
 * Random access to the audio of one log. Frames are checked when they are read; places met are remembered, so going back is cheap.
 * What cannot be read is read once more through a fresh handle: a medium or bus that failed once is no damage.
 */
export class RecordingReader implements MessageReader {
  readonly codec: CodecName;
  readonly bytes: number;
  damaged = false;
  readonly #storage: Storage;
  readonly #path: string;
  readonly #windows: ReadWindows;
  #file: StorageFile;
  #cursor: LogCursor;
  /** Places of audio frames met so far, in order. */
  readonly #places: LogPlace[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(storage: Storage, path: string, windows: ReadWindows, { file, cursor, codec }: Opened, bytes: number) {
    this.#storage = storage;
    this.#path = path;
    this.#windows = windows;
    this.#file = file;
    this.#cursor = cursor;
    this.codec = codec;
    this.bytes = bytes;
    this.#places.push(cursor.place);
  }

  /** `bytes`: audio bytes that count. `windows`: what it reads through. Errors: HalError not-found; DamagedLog when two reads say so; io when the medium fails. */
  static async open(storage: Storage, path: string, bytes: number, windows = sharedWindows): Promise<RecordingReader> {
    return new RecordingReader(storage, path, windows, await readTwice(() => openLog(storage, path, windows)), bytes);
  }

  read(offset: number, length: number, into: Uint8Array | null = null): Promise<Uint8Array> {
    const result = this.#queue.then(() => this.#read(offset, length, into)).finally(() => this.#cursor.forget());
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.#queue;
    this.#cursor.forget(); // opened, and never read
    await this.#file.close();
  }

  async #read(offset: number, length: number, into: Uint8Array | null): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.bytes - offset));
    const result = into?.length === wanted ? into : new Uint8Array(wanted);
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
    const { place } = this.#cursor;
    const frame = await this.#cursor.next();
    const sure = frame === null && this.#cursor.fault !== null ? await this.#readAgain(place) : frame;
    if (sure?.type === 'audio') {
      this.#remember(this.#cursor.place);
      return sure;
    }
    // Whoever asks past the last frame asked for audio that the index promises.
    this.damaged = true;
    return null;
  }

  /** A file that was renamed or removed meanwhile is only had through the old handle. */
  async #readAgain(place: LogPlace): Promise<LogFrame | null> {
    try {
      const fresh = await openLog(this.#storage, this.#path, this.#windows);
      // Another log may have taken its place: the one that is being heard is heard to its end.
      const [kept, left] = fresh.cursor.salt === this.#cursor.salt ? [fresh, { file: this.#file, cursor: this.#cursor }] : [null, fresh];
      left.cursor.forget();
      await left.file.close();
      this.#file = kept?.file ?? this.#file;
      this.#cursor = kept?.cursor ?? this.#cursor;
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
    }
    this.#cursor.forget();
    this.#cursor.seek(place);
    return this.#cursor.next();
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

interface Opened {
  readonly file: StorageFile;
  readonly cursor: LogCursor;
  readonly codec: CodecName;
}

async function openLog(storage: Storage, path: string, windows: ReadWindows): Promise<Opened> {
  const file = await storage.open(path, 'read');
  let cursor: LogCursor | null = null;
  try {
    cursor = await LogCursor.open(file, windows);
    const facts = cursor === null ? 'does not begin like a recording' : await readFacts(cursor);
    if (cursor === null || typeof facts === 'string') throw new DamagedLog(path, String(facts));
    return { file, cursor, codec: facts.codec };
  } catch (error) {
    cursor?.forget();
    await file.close();
    throw error;
  }
}
