import { createHash } from 'node:crypto';
import { HalError } from '../../hal/errors.ts';
import type { StorageFile } from '../../hal/storage.ts';
import { decodeFileHeader, decodeFrameHeader, fileHeaderBytes, frameBytes, frameHeaderBytes, frameIsGood, maxPayloadBytes } from './frame.ts';
import type { FrameBody, FrameHeader } from './frame.ts';
import type { RecordingFacts, RecordingTrailer } from './recording.ts';
import { audioMs, bytesPerMs, decodeFacts, decodeTrailer } from './recording.ts';
import { ReadWindows } from './read-windows.ts';

/** Where a cursor stands in a log: between two frames. */
export interface LogPlace {
  readonly offset: number;
  readonly sequence: number;
  /** Audio bytes before this place. */
  readonly position: number;
}

/** A frame with good CRC. `payload` is valid until the next call on the cursor. */
export interface LogFrame extends FrameBody, LogPlace {}

/** For who goes through a whole log at a time: as few reads as possible. */
const wideWindows = new ReadWindows(maxPayloadBytes, 0);

/**
 * Walks a framed log frame by frame, whatever its size, through a window of at most 64 KiB and one frame. Stops for good at the
 * first byte that is not a good next frame; `fault` then says why, null at a clean end (end of file or zeros).
 */
export class LogCursor {
  fault: string | null = null;
  /** Of a fault: what the medium said when it failed. Then nothing is proven about the bytes. */
  failure: HalError | null = null;
  readonly salt: number;
  readonly #file: StorageFile;
  #place: LogPlace = { offset: fileHeaderBytes, sequence: 0, position: 0 };
  readonly #windows: ReadWindows;
  #window: Uint8Array = nothing;
  /** What of the window has been read, and where it lies in the file. */
  #read: Uint8Array = nothing;
  #readAt = 0;

  private constructor(file: StorageFile, salt: number, windows: ReadWindows) {
    this.#file = file;
    this.salt = salt;
    this.#windows = windows;
  }

  /** null when the file does not begin like a framed log. `windows`: what it reads through. Errors: io. */
  static async open(file: StorageFile, windows = wideWindows): Promise<LogCursor | null> {
    const header = new Uint8Array(fileHeaderBytes);
    const got = await file.read(header, 0);
    const salt = decodeFileHeader(header.subarray(0, got));
    return salt === null ? null : new LogCursor(file, salt, windows);
  }

  get place(): LogPlace {
    return this.#place;
  }

  /** Continues at a place this cursor has been at. */
  seek(place: LogPlace): void {
    this.#place = place;
    this.fault = null;
    this.failure = null;
  }

  /** What was read ahead is read anew. Until then the cursor holds no memory; the payload of its last frame is no longer valid. */
  forget(): void {
    this.#windows.giveBack(this.#window);
    this.#window = nothing;
    this.#read = nothing;
  }

  /** The next frame, or null at the end of what can be read. A medium that fails counts as the end, with `fault`. */
  async next(): Promise<LogFrame | null> {
    try {
      return await this.#next();
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      this.failure = error;
      return this.#stop(error.message);
    }
  }

  async #next(): Promise<LogFrame | null> {
    const { offset, sequence, position } = this.#place;
    const head = await this.#bytes(offset, frameHeaderBytes);
    if (head.every((byte) => byte === 0)) return null;
    const header = decodeFrameHeader(head);
    if (header === null || header.sequence !== sequence || header.position !== position) return this.#stop(`no frame ${sequence} at byte ${offset}`);
    const frame = await this.#bytes(offset, frameBytes(header.length));
    if (frame.length < frameBytes(header.length)) return this.#stop(`frame ${sequence} is cut off`);
    if (!frameIsGood(frame, this.salt)) return this.#stop(`frame ${sequence} has a wrong checksum`);
    return this.#pass(header, frame);
  }

  #pass(header: FrameHeader, frame: Uint8Array): LogFrame {
    const { offset, sequence, position } = this.#place;
    const payload = frame.subarray(frameHeaderBytes, frameHeaderBytes + header.length);
    const audio = header.type === 'audio' ? header.length : 0;
    this.#place = { offset: offset + frame.length, sequence: sequence + 1, position: position + audio };
    return { type: header.type, payload, lostPackets: header.lostPackets, offset, sequence, position };
  }

  #stop(fault: string): null {
    this.fault = fault;
    return null;
  }

  /** Up to `length` bytes at `offset`; fewer at the end of the file. */
  async #bytes(offset: number, length: number): Promise<Uint8Array> {
    const start = offset - this.#readAt;
    if (start >= 0 && start + length <= this.#read.length) return this.#read.subarray(start, start + length);
    if (this.#window.length < length) {
      this.forget();
      this.#window = this.#windows.take(length);
    }
    this.#read = nothing; // should the medium fail
    const got = await this.#file.read(this.#window, offset);
    this.#read = this.#window.subarray(0, got);
    this.#readAt = offset;
    return this.#read.subarray(0, length);
  }
}

const nothing = new Uint8Array(0);

/** What a whole log holds, up to its last good frame. */
export interface LogScan {
  readonly facts: RecordingFacts;
  /** null: never completed. */
  readonly trailer: RecordingTrailer | null;
  readonly salt: number;
  /** Just behind the last good frame that is not the trailer. */
  readonly end: LogPlace;
  readonly lostPackets: number;
  /** Of the audio up to `end`, lower-case hexadecimal. */
  readonly sha256: string;
  readonly fault: string | null;
}

/** Reads through a log, checking every frame. A text says why it is not one at all. Errors: io. */
export async function scanLog(file: StorageFile): Promise<LogScan | string> {
  const cursor = await LogCursor.open(file);
  if (cursor === null) return 'does not begin like a recording';
  const facts = await readFacts(cursor);
  if (typeof facts === 'string') return facts;
  return { facts, salt: cursor.salt, ...(await scanFrames(cursor)) };
}

/** The first frame of a log just opened, or why there is none. Errors: what the medium said. */
export async function readFacts(cursor: LogCursor): Promise<RecordingFacts | string> {
  const first = await cursor.next();
  if (cursor.failure !== null) throw cursor.failure;
  if (first?.type !== 'facts') return cursor.fault ?? 'has no first frame';
  return decoded(() => decodeFacts(first.payload)) ?? 'its first frame does not say whose it is';
}

/** The trailer of a log, or the one it should get when it has none: cut to whole milliseconds, interrupted. */
export function trailerOf({ trailer, end, sha256, lostPackets }: LogScan): RecordingTrailer {
  if (trailer !== null) return { ...trailer, keepBytes: Math.min(trailer.keepBytes, end.position) };
  const keepBytes = end.position - (end.position % bytesPerMs);
  return { durationMs: audioMs(keepBytes), sha256, reason: 'interrupted', interrupted: true, keepBytes, lostPackets };
}

async function scanFrames(cursor: LogCursor): Promise<Omit<LogScan, 'facts' | 'salt'>> {
  const hash = createHash('sha256');
  let trailer: RecordingTrailer | null = null;
  let lostPackets = 0;
  let end = cursor.place;
  for (let frame = await cursor.next(); frame !== null; frame = await cursor.next()) {
    if (frame.type === 'trailer') trailer = decoded(() => decodeTrailer(frame.payload));
    if (frame.type !== 'audio') break;
    hash.update(frame.payload);
    lostPackets += frame.lostPackets;
    end = cursor.place;
  }
  return { trailer, end, lostPackets, sha256: hash.digest('hex'), fault: trailer === null ? cursor.fault : null };
}

function decoded<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch {
    return null;
  }
}
