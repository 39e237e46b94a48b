import type { Storage, StorageFile } from '../../hal/storage.ts';
import { HalError } from '../../hal/errors.ts';
import { crc32c } from './crc32c.ts';
import { readWhole } from './read-whole.ts';
import { Serial } from './serial.ts';

/** A line for each mailbox: one of 32 characters has 42. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Which mailboxes have changed since the summary of that id was written: one line `<number> <CRC of the number>` each, durable before the change
 * that it is about. Marks that come together share a write. Made at the first; a log that failed is dead.
 */
export class ChangeLog {
  readonly #storage: Storage;
  readonly #path: string;
  readonly #marks = new Map<string, Promise<void>>();
  readonly #serial = new Serial();
  #waiting: string[] = [];
  #file: StorageFile | null = null;
  #position = 0;
  #dead = false;

  constructor(storage: Storage, id: string) {
    this.#storage = storage;
    this.#path = pathOf(id);
  }

  /** Resolves when it is durable that the mailbox may change. Errors: HalError; then it must not, as far as this log goes. */
  mark(number: string): Promise<void> {
    const known = this.#marks.get(number);
    if (known !== undefined) return known;
    this.#waiting.push(number);
    const done = this.#serial.run(() => this.#flush());
    this.#marks.set(number, done);
    return done;
  }

  async #flush(): Promise<void> {
    if (this.#dead) throw new HalError('io', this.#path, 'given up after an earlier failure');
    const numbers = this.#waiting.splice(0);
    if (numbers.length === 0) return;
    this.#dead = true;
    const isFirst = this.#file === null;
    this.#file ??= await this.#storage.open(this.#path, 'create');
    const bytes = new TextEncoder().encode(numbers.map(lineOf).join(''));
    await this.#file.write(bytes, this.#position);
    await this.#file.dataSync();
    if (isFirst) await this.#storage.syncDirectory('');
    this.#position += bytes.length;
    this.#dead = false;
  }
}

/** Who was marked; null = there is no such log. Errors: HalError io, also when a line is damaged that others follow. */
export async function readChangeLog(storage: Storage, id: string): Promise<ReadonlySet<string> | null> {
  if ((await storage.stat(pathOf(id))) === null) return null;
  const lines = new TextDecoder().decode(await readWhole(storage, pathOf(id), maxBytes)).split('\n');
  const good = lines.map((line) => (lineOf(line.split(' ')[0] ?? '') === `${line}\n` ? line.split(' ')[0] : null));
  const torn = good.indexOf(null);
  // Lines that were written together and whose sync was not waited for: nothing has changed yet.
  const last = good.findLastIndex((one) => one !== null);
  if (torn >= 0 && torn < last) throw new HalError('io', pathOf(id), 'a line is damaged');
  return new Set(good.filter((one) => one !== null && one !== undefined));
}

/** Logs of other summaries than that of `id`, which mean nothing any more. Errors: HalError. */
export async function removeOtherLogs(storage: Storage, id: string): Promise<void> {
  for (const name of await storage.list('')) if (/^summary-[0-9a-f]+\.changed$/.test(name) && name !== pathOf(id)) await storage.remove(name);
}

const pathOf = (id: string): string => `summary-${id}.changed`;
const lineOf = (number: string): string => `${number} ${crc32c(new TextEncoder().encode(number)).toString(16).padStart(8, '0')}\n`;
