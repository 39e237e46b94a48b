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
 * that it is about. Marks that come together share a write. Made at the first, or gone on with by the next start; a log that failed is dead.
 */
export class ChangeLog {
  readonly #storage: Storage;
  readonly #path: string;
  readonly #marks = new Map<string, Promise<void>>();
  readonly #serial = new Serial();
  readonly #before: Marked | null;
  #waiting: string[] = [];
  #file: StorageFile | null = null;
  #position = 0;
  #dead = false;

  /** `before`: what an earlier run has left of it. */
  constructor(storage: Storage, id: string, before: Marked | null) {
    this.#storage = storage;
    this.#path = pathOf(id);
    this.#before = before;
  }

  /** Resolves when it is durable that the mailbox may change. Errors: HalError; then it must not, as far as this log goes. */
  mark(number: string): Promise<void> {
    const known = this.#marks.get(number);
    if (known !== undefined) return known;
    if (this.#before?.numbers.has(number) !== true) this.#waiting.push(number);
    const done = this.#serial.run(() => this.#flush());
    this.#marks.set(number, done);
    return done;
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
    // At first also for what an earlier run has written: it may have ended before that was durable.
    await this.#file.dataSync();
    if (isFirst) await this.#storage.syncDirectory('');
    this.#position += bytes.length;
    this.#dead = false;
  }

  async #open(): Promise<StorageFile> {
    if (this.#before === null) return this.#storage.open(this.#path, 'create');
    const file = await this.#storage.open(this.#path, 'update');
    await file.truncate(this.#before.bytes);
    this.#position = this.#before.bytes;
    return file;
  }
}

/** null = there is no such log. Errors: HalError io, also when a line is damaged that others follow. */
export async function readChangeLog(storage: Storage, id: string): Promise<Marked | null> {
  if ((await storage.stat(pathOf(id))) === null) return null;
  const lines = new TextDecoder().decode(await readWhole(storage, pathOf(id), maxBytes)).split('\n');
  const good = lines.map((line) => (lineOf(line.split(' ')[0] ?? '') === `${line}\n` ? line.split(' ')[0] : null));
  const torn = good.indexOf(null);
  // Lines that were written together and whose sync was not waited for: nothing has changed yet.
  const last = good.findLastIndex((one) => one !== null);
  if (torn >= 0 && torn < last) throw new HalError('io', pathOf(id), 'a line is damaged');
  const numbers = good.filter((one) => one !== null && one !== undefined);
  return { numbers: new Set(numbers), bytes: numbers.reduce((sum, number) => sum + lineOf(number).length, 0) };
}

/** Logs of other summaries than that of `id`, which mean nothing any more. Errors: HalError. */
export async function removeOtherLogs(storage: Storage, id: string): Promise<void> {
  for (const name of await storage.list('')) if (/^summary-[0-9a-f]+\.changed$/.test(name) && name !== pathOf(id)) await storage.remove(name);
}

const pathOf = (id: string): string => `summary-${id}.changed`;
const lineOf = (number: string): string => `${number} ${crc32c(new TextEncoder().encode(number)).toString(16).padStart(8, '0')}\n`;
