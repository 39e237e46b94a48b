import { HalError } from '../../hal/errors.ts';
import type { Storage, StorageFile } from '../../hal/storage.ts';
import { encodeFileHeader, encodeFrame, fileHeaderBytes, frameBytes, maxJsonBytes } from './frame.ts';
import type { FrameBody } from './frame.ts';
import type { LogPlace, LogScan } from './log-cursor.ts';

/** Room that audio never takes, so that a trailer can be written on a full disk. */
const trailerRoom = frameBytes(maxJsonBytes);

/** A log that outgrows its reserve grows by this much at a time (8 s of audio). */
const growthBytes = 65_536;

/** Room for `audioBytes` of audio in chunks of half a second or more, with facts and trailer. */
export function reserveBytes(audioBytes: number): number {
  return fileHeaderBytes + 2 * trailerRoom + audioBytes + Math.ceil(audioBytes / 4000) * frameBytes(0);
}

/**
 * Appends frames to one log, each batch durable when its promise resolves. `durable` only ever names what a sync has covered.
 * After a failed sync the file is `dead`: what it holds beyond `durable` is unknown for good.
 */
export class LogWriter {
  readonly path: string;
  readonly salt: number;
  dead = false;
  readonly #file: StorageFile;
  #reserved: number;
  #durable: LogPlace;

  private constructor(path: string, file: StorageFile, reserved: number, salt: number, durable: LogPlace) {
    this.path = path;
    this.salt = salt;
    this.#file = file;
    this.#reserved = reserved;
    this.#durable = durable;
  }

  /** A new log with `reserve` bytes set aside on the disk; its header becomes durable with the first batch. Errors: those of Storage.open and allocate. */
  static async create(storage: Storage, path: string, reserve: number, salt: number): Promise<LogWriter> {
    const file = await storage.open(path, 'create');
    try {
      await file.allocate(reserve);
      await file.write(encodeFileHeader(salt), 0);
    } catch (error) {
      await file.close();
      throw error;
    }
    return new LogWriter(path, file, reserve, salt, { offset: fileHeaderBytes, sequence: 0, position: 0 });
  }

  /** Goes on behind the last good frame that a scan found. Errors: those of Storage.open. */
  static resume(storage: Storage, path: string, scan: LogScan): Promise<LogWriter> {
    return LogWriter.goOn(storage, path, scan.salt, scan.end);
  }

  /** Goes on at a place that its writer knows, and that a sync has covered. Errors: those of Storage.open. */
  static async goOn(storage: Storage, path: string, salt: number, place: LogPlace): Promise<LogWriter> {
    const file = await storage.open(path, 'update');
    return new LogWriter(path, file, await file.size(), salt, place);
  }

  get durable(): LogPlace {
    return this.#durable;
  }

  /** Writes and syncs. Errors: no-space (nothing is lost, the log can still be sealed), read-only, io (dead; a full disk too, unless it is sure that the write alone met it). */
  async append(frames: readonly FrameBody[]): Promise<void> {
    const { bytes, next } = this.#encode(frames);
    await this.#attempt('write', async () => {
      await this.#ensureRoom(next.offset + trailerRoom);
      await this.#file.writeSynced(bytes, this.#durable.offset);
    });
    this.#durable = next;
  }

  /** Writes the last frame, gives back what was reserved beyond it, and syncs. Errors: as append. */
  async seal(trailer: FrameBody): Promise<void> {
    const { bytes, next } = this.#encode([trailer]);
    await this.#attempt('write', async () => {
      await this.#file.write(bytes, this.#durable.offset);
      await this.#file.truncate(next.offset);
    });
    await this.#attempt('sync', () => this.#file.dataSync());
    this.#durable = next;
  }

  /** Never throws: what counts was synced before. */
  async close(): Promise<void> {
    await this.#file.close().catch(() => undefined);
  }

  async #ensureRoom(bytes: number): Promise<void> {
    if (bytes <= this.#reserved) return;
    await this.#file.allocate(bytes + growthBytes);
    this.#reserved = bytes + growthBytes;
  }

  #encode(frames: readonly FrameBody[]): { bytes: Uint8Array; next: LogPlace } {
    let { offset, sequence, position } = this.#durable;
    const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frameBytes(frame.payload.length), 0));
    let at = 0;
    for (const frame of frames) {
      at = encodeFrame(frame, { sequence, position }, this.salt, bytes, at);
      sequence++;
      if (frame.type === 'audio') position += frame.payload.length;
    }
    offset += at;
    return { bytes, next: { offset, sequence, position } };
  }

  async #attempt(step: 'write' | 'sync', work: () => Promise<void>): Promise<void> {
    if (this.dead) throw new HalError('io', this.path, 'given up after an earlier failure');
    try {
      await work();
    } catch (error) {
      this.dead = step === 'sync' || !(error instanceof HalError && error.id === 'no-space');
      throw error;
    }
  }
}
