import * as v from 'valibot';
import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { Serial } from '../mailbox/serial.ts';
import { readWhole, writeDurably, writeSynced } from '../site/durable-file.ts';
import type { MailEntry } from './mail-entry.ts';
import { mailEntrySchema } from './mail-entry.ts';

export const mostMailEntries = 500;
/** Of a recording that goes with a mail of a flow. */
export const mostRecordingBytes = 32 * 1024 * 1024;
const mostEntryBytes = 16 * 1024;
const chunkBytes = 65_536;

/**
 * Mail that is to go out, one file each, so that a change of one cannot harm another: `<folder>/<id>.json`, and `<id>.wav` where a flow
 * sends a recording. The recording is there before the entry and goes after it; one without an entry is removed at the start.
 */
export class MailOutbox {
  readonly #storage: Storage;
  readonly #folder: string;
  readonly #entries = new Map<string, MailEntry>();
  #sorted: readonly MailEntry[] | null = null;
  /** Changes of the disk, one after another. */
  readonly #serial = new Serial();

  private constructor(storage: Storage, folder: string) {
    this.#storage = storage;
    this.#folder = folder;
  }

  /** Errors: HalError read-only, io (the folder). An entry that cannot be read is set aside. */
  static async open(storage: Storage, folder: string, log: Log): Promise<MailOutbox> {
    await storage.makeDirectory(folder);
    const outbox = new MailOutbox(storage, folder);
    const names = await storage.list(folder);
    for (const name of names.filter((one) => one.endsWith('.json')).sort()) await outbox.#read(name, log);
    for (const name of names) await outbox.#tidy(name);
    return outbox;
  }

  /** Oldest first. */
  all(): readonly MailEntry[] {
    return (this.#sorted ??= [...this.#entries.values()].sort((one, other) => (one.id < other.id ? -1 : 1)));
  }

  find(id: string): MailEntry | null {
    return this.#entries.get(id) ?? null;
  }

  get full(): boolean {
    return this.#entries.size >= mostMailEntries;
  }

  /** Durable when resolved. Errors: HalError busy (it is full), too-large, no-space, read-only, io; those of `recording`. */
  async add(entry: MailEntry, recording: AsyncIterable<Uint8Array> | null = null): Promise<void> {
    if (this.full) throw new HalError('busy', this.#folder, `${mostMailEntries} mails wait already`);
    if (recording !== null) await this.#keep(`${entry.id}.wav`, recording);
    await this.#serial.run(async () => {
      await this.#write(entry);
      this.#put(entry);
    });
  }

  /** One that was removed meanwhile stays so. Errors: HalError no-space, read-only, io; then nothing has changed. */
  change(entry: MailEntry): Promise<void> {
    return this.#serial.run(async () => {
      if (!this.#entries.has(entry.id)) return;
      await this.#write(entry);
      if (this.#entries.has(entry.id)) this.#put(entry);
    });
  }

  /** Errors: HalError read-only, io; then it may be there again after a restart. */
  async remove(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#sorted = null;
    await this.#serial.run(async () => {
      await this.#storage.remove(this.#path(`${id}.json`));
      await this.#storage.syncDirectory(this.#folder);
      if (entry.recording) await this.#storage.remove(this.#path(`${id}.wav`));
    });
  }

  /** The WAV file of an entry, piece by piece. Errors: HalError not-found, io. */
  async *recording(id: string): AsyncGenerator<Uint8Array> {
    const file = await this.#storage.open(this.#path(`${id}.wav`), 'read');
    try {
      for (let at = 0; ; ) {
        const into = new Uint8Array(chunkBytes);
        const read = await file.read(into, at);
        if (read === 0) return;
        at += read;
        yield into.subarray(0, read);
      }
    } finally {
      await file.close();
    }
  }

  #write(entry: MailEntry): Promise<void> {
    return writeDurably(this.#storage, this.#path(`${entry.id}.json`), Buffer.from(JSON.stringify(entry)));
  }

  #put(entry: MailEntry): void {
    this.#entries.set(entry.id, entry);
    this.#sorted = null;
  }

  #keep(name: string, recording: AsyncIterable<Uint8Array>): Promise<void> {
    return writeSynced(this.#storage, this.#path(name), async (file) => {
      let at = 0;
      for await (const piece of recording) {
        if (at + piece.length > mostRecordingBytes) throw new HalError('too-large', name, `a recording for a mail has at most ${mostRecordingBytes} bytes`);
        await file.write(piece, at);
        at += piece.length;
      }
    });
  }

  async #read(name: string, log: Log): Promise<void> {
    try {
      const bytes = await readWhole(this.#storage, this.#path(name), mostEntryBytes);
      const entry = v.parse(mailEntrySchema, JSON.parse(Buffer.from(bytes ?? []).toString()));
      this.#entries.set(entry.id, entry);
    } catch (error) {
      if (error instanceof HalError && error.id !== 'io') throw error;
      await this.#storage.rename(this.#path(name), this.#path(`${name}.damaged`));
      log.write('alert', 'mail-damaged', `A mail that was to go out cannot be read and was set aside: ${String(error)}`, { file: name });
    }
  }

  async #tidy(name: string): Promise<void> {
    const orphan = name.endsWith('.wav') && this.#entries.get(name.slice(0, -4))?.recording !== true;
    if (orphan || name.endsWith('.fresh')) await this.#storage.remove(this.#path(name));
  }

  #path(name: string): string {
    return `${this.#folder}/${name}`;
  }
}
