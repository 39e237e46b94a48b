import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { reserveBytes } from '../mailbox/log-writer.ts';
import type { MessageReader } from '../mailbox/message-store.ts';
import { bytesPerMs } from '../mailbox/recording.ts';
import { RecordingReader } from '../mailbox/recording-reader.ts';
import { RecordingWriter } from '../mailbox/recording-writer.ts';
import { UuidV7 } from '../mailbox/uuidv7.ts';
import type { CodecName } from '../media/media-protocol.ts';
import { makeFolder } from './make-folder.ts';

export interface ShelfParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** A finished recording of a shelf: what a document keeps of it. */
export interface Shelved {
  readonly id: string;
  readonly codec: CodecName;
  readonly bytes: number;
}

/** One being made. `append` and `failed` as in MessageWriter. */
export interface ShelfWriter {
  append(bytes: Uint8Array, lostPackets: number): boolean;
  idle(): Promise<void>;
  readonly failed: boolean;
  /** Durable when it resolves. Errors: HalError, and nothing is left. */
  finish(keepMs?: number): Promise<Shelved>;
  abandon(): Promise<void>;
}

/** Set aside on the disk when a recording begins; a longer one grows. */
const reservedMs = 60_000;

/**
 * Recordings in one folder, `<folder>/<id>.rec`, framed logs like messages. It does not know which of them count: who keeps their ids in a
 * document says so at the start, and the rest goes.
 */
export class AudioShelf {
  readonly #parts: ShelfParts;
  readonly #folder: string;
  readonly #ids: UuidV7;

  constructor(parts: ShelfParts, folder: string) {
    this.#parts = parts;
    this.#folder = folder;
    this.#ids = new UuidV7(parts.clock, parts.random);
  }

  /**
   * Makes the folder, in one that exists; removes what is not among `kept` (null: nobody knows what is, so nothing goes). Answers which are
   * there. Errors: HalError.
   */
  async open(kept: ReadonlySet<string> | null): Promise<ReadonlySet<string>> {
    const { storage } = this.#parts;
    await makeFolder(storage, this.#folder);
    const found = new Set<string>();
    for (const name of await storage.list(this.#folder)) {
      const id = name.replace(/\.rec$/, '');
      if (kept === null || kept.has(id)) found.add(id);
      else await this.#removeLogged(`${this.#folder}/${name}`);
    }
    for (const id of found) this.#ids.observe(id);
    return found;
  }

  /** Errors: HalError no-space, read-only, io. */
  async begin(codec: CodecName, maxMs: number): Promise<ShelfWriter> {
    return this.#begin(this.#ids.next(), codec, Math.min(maxMs, reservedMs) * bytesPerMs);
  }

  /** A recording made elsewhere, under its own id. Errors: HalError, those of `audio`; then nothing is left. */
  async put({ id, codec, bytes }: Shelved, audio: AsyncIterable<Uint8Array>): Promise<Shelved> {
    const writer = await this.#begin(id, codec, bytes);
    try {
      for await (const chunk of audio) {
        if (!writer.append(chunk, 0)) break;
        await writer.idle();
      }
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    return writer.finish();
  }

  /** As `put`, under a new id. */
  putNew(codec: CodecName, bytes: number, audio: AsyncIterable<Uint8Array>): Promise<Shelved> {
    return this.put({ id: this.#ids.next(), codec, bytes }, audio);
  }

  /** Errors: HalError not-found; io when it cannot be read. */
  reader({ id, bytes }: Shelved): Promise<MessageReader> {
    return RecordingReader.open(this.#parts.storage, this.#path(id), bytes);
  }

  /** A file too many does no harm and goes at the next start. Never throws. */
  remove(id: string): Promise<void> {
    return this.#removeLogged(this.#path(id));
  }

  async #begin(id: string, codec: CodecName, bytes: number): Promise<ShelfWriter> {
    const { storage, random, log, clock } = this.#parts;
    // Facts know messages, greetings and names; what is nobody's greeting is no message, which is all that they are asked for.
    const facts = { kind: 'greeting', id, mailbox: 'flows', callerNumber: '', callerName: '', startedMs: clock.wall(), reason: 'default', codec } as const;
    const writer = await RecordingWriter.begin({ storage, random, log, folder: this.#folder, facts, reserve: reserveBytes(bytes) });
    return {
      append: (chunk, lostPackets) => writer.append(chunk, lostPackets),
      idle: () => writer.idle(),
      get failed() {
        return writer.failed;
      },
      finish: (keepMs) => this.#finish(writer, keepMs),
      abandon: () => writer.discard(),
    };
  }

  async #finish(writer: RecordingWriter, keepMs?: number): Promise<Shelved> {
    const { storage } = this.#parts;
    const { path, facts: { id, codec }, trailer } = await writer.seal('digit', keepMs);
    if (trailer.interrupted) {
      await storage.remove(path);
      throw new HalError('io', path, 'the recording was cut short by the disk');
    }
    // It was begun under this name, unless the disk refused the first file.
    if (path !== this.#path(id)) await storage.rename(path, this.#path(id));
    await storage.syncDirectory(this.#folder);
    return { id, codec, bytes: trailer.keepBytes };
  }

  #path(id: string): string {
    return `${this.#folder}/${id}.rec`;
  }

  async #removeLogged(path: string): Promise<void> {
    try {
      await this.#parts.storage.remove(path);
      await this.#parts.storage.syncDirectory(this.#folder);
    } catch (error) {
      this.#parts.log.write('warning', 'file-left', String(error), { path });
    }
  }
}
