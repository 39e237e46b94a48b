import type { Storage, StorageFile } from '../../hal/storage.ts';
import { HalError } from '../../hal/errors.ts';
import { crc32c } from './crc32c.ts';
import { readWhole } from './read-whole.ts';
import { Serial } from './serial.ts';

/** A line for each mailbox: one of 32 characters has 42. */
const maxBytes = 16 * 1024 * 1024;

/** What a log says; `bytes`: so long it is without a torn end. */
export interface Marked {
  readonly numbers: ReadonlySet<string>;
  readonly bytes: number;
}

/**
 * Which mailboxes have changed since the summary of that id was written: one line `<number> <CRC of the number>` each, durable before the change
 * that it is about. Marks that come together share a write. It is there, empty, before its summary is, so that a summary without one counts for
 * nothing; the next start goes on with it. A log that failed, or was closed, is dead.
 */
export class ChangeLog {
  readonly #storage: Storage;
  readonly #path: string;
  readonly #marks = new Map<string, Promise<void>>();
  readonly #serial = new Serial();
  readonly #before: Marked;
  #waiting: string[] = [];
  #file: StorageFile | null = null;
  #position = 0;
  #dead = false;

  /** `before`: what is in it. */
  constructor(storage: Storage, id: string, before: Marked) {
    this.#storage = storage;
    this.#path = pathOf(id);
    this.#before = before;
  }

  /** Resolves when it is durable that the mailbox may change. Errors: HalError; then it must not, as far as this log goes. */
  mark(number: string): Promise<void> {
    const known = this.#marks.get(number);
    if (known !== undefined) return known;
    if (!this.#before.numbers.has(number)) this.#waiting.push(number);
    const done = this.#serial.run(() => this.#flush());
    this.#marks.set(number, done);
    return done;
  }

  /** Once what was marked is written. Never throws. */
  close(): Promise<void> {
    return this.#serial.run(async () => {
      this.#dead = true;
      await this.#file?.close().catch(() => undefined);
      this.#file = null;
    });
  }

  async #flush(): Promise<void> {
    if (this.#dead) throw new HalError('io', this.#path, 'given up after an earlier failure');
    const numbers = this.#waiting.splice(0);
    const isFirst = this.#file === null;
    if (numbers.length === 0 && !isFirst) return;
    this.#dead = true;
    this.#file ??= await this.#open();
    const bytes = new TextEncoder().encode(numbers.map(lineOf).join(''));
    await this.#file.write(bytes, this.#position);
    // At first also for what an earlier run has written, and for the name of the summary: it may have ended before that was durable.
    await this.#file.dataSync();
    if (isFirst) await this.#storage.syncDirectory('');
    this.#position += bytes.length;
    this.#dead = false;
  }

  async #open(): Promise<StorageFile> {
    const file = await this.#storage.open(this.#path, 'update');
    try {
      await file.truncate(this.#before.bytes);
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#position = this.#before.bytes;
    return file;
  }
}

const nothingMarked: Marked = { numbers: new Set(), bytes: 0 };

/** A log in which nothing is; its name is durable with the next sync of the root. Errors: HalError. */
export async function makeChangeLog(storage: Storage, id: string): Promise<ChangeLog> {
  const file = await storage.open(pathOf(id), 'create');
  try {
    await file.dataSync();
  } finally {
    await file.close();
  }
  return new ChangeLog(storage, id, nothingMarked);
}

/** null = there is no such log. Errors: HalError io, also when a line is damaged that was written whole. */
export async function readChangeLog(storage: Storage, id: string): Promise<Marked | null> {
  if ((await storage.stat(pathOf(id))) === null) return null;
  const lines = new TextDecoder().decode(await readWhole(storage, pathOf(id), maxBytes)).split('\n');
  // What has no end is of a write whose sync was not waited for: nothing has changed yet.
  lines.pop();
  const numbers = lines.map((line) => line.split(' ')[0] ?? '');
  if (numbers.some((number, at) => lineOf(number) !== `${lines[at]}\n`)) throw new HalError('io', pathOf(id), 'a line is damaged');
  return { numbers: new Set(numbers), bytes: numbers.reduce((sum, number) => sum + lineOf(number).length, 0) };
}

/** Logs of other summaries than that of `id`, which mean nothing any more. Errors: HalError. */
export async function removeOtherLogs(storage: Storage, id: string): Promise<void> {
  for (const name of await storage.list('')) if (/^summary-[0-9a-f]+\.changed$/.test(name) && name !== pathOf(id)) await storage.remove(name);
}

const pathOf = (id: string): string => `summary-${id}.changed`;
const lineOf = (number: string): string => `${number} ${crc32c(new TextEncoder().encode(number)).toString(16).padStart(8, '0')}\n`;
