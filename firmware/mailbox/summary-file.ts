import * as v from 'valibot';
import type { Storage } from '../../hal/storage.ts';
import { HalError } from '../../hal/errors.ts';
import { crc32c } from './crc32c.ts';
import type { MailboxGlance } from './mailbox-glance.ts';

/**
 * `summary`, in the root: what all mailboxes held when the unit stopped in good order, so that the next start need not look at each.
 *
 *   {"form":1,"mailboxes":<n>} · n lines [number, glance] · CRC of all before, eight hexadecimal digits
 *
 * It stands only while nothing changes. `removed` is awaited before each change of a mailbox: the first one after a start takes it away, durably.
 * So a unit that was killed never leaves one behind that is out of date. One of another form, or whose sum is wrong, is as good as none.
 */
const path = 'summary';
const freshPath = 'summary.fresh';
const form = 1;
/** Half a kilobyte each: some 100,000 mailboxes. */
const maxBytes = 64 * 1024 * 1024;
/** Lines that are made or read between two turns of the loop. */
const linesAtOnce = 500;
const sumBytes = 8;

const headSchema = v.strictObject({ form: v.literal(form), mailboxes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

/** By number. */
export type Glances = ReadonlyMap<string, MailboxGlance>;

export class SummaryFile {
  readonly #storage: Storage;
  readonly #pause: () => Promise<void>;
  /** Resolved: it is gone for good. null: it may be there, or come back with a power cut. */
  #removal: Promise<void> | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** `pause` lets the loop turn. */
  constructor(storage: Storage, pause: () => Promise<void>) {
    this.#storage = storage;
    this.#pause = pause;
  }

  /** null = none that counts. Errors: HalError but not-found and io. */
  async read(): Promise<Glances | null> {
    try {
      const bytes = await this.#bytes();
      return bytes === null ? null : await this.#parsed(bytes);
    } catch (error) {
      if (error instanceof HalError && (error.id === 'io' || error.id === 'not-found')) return null;
      throw error;
    }
  }

  /** Resolves when it is gone, durably, and stays so until the next `write`. Errors: HalError; then nothing may be changed. */
  removed(): Promise<void> {
    this.#removal ??= this.#remove().catch((error: unknown) => {
      this.#removal = null;
      throw error;
    });
    return this.#removal;
  }

  /** From the call on changes wait; when it is durable they take it away again. `glances` is asked at once. Errors: HalError; then there is none. */
  async write(glances: () => Promise<Glances>): Promise<void> {
    this.#removal = null;
    const writing = this.#write(glances());
    this.#writing = writing.catch(() => undefined);
    await writing;
  }

  async #bytes(): Promise<Uint8Array | null> {
    const file = await this.#storage.open(path, 'read');
    try {
      const size = await file.size();
      if (size > maxBytes) return null;
      const bytes = new Uint8Array(size);
      return bytes.subarray(0, await file.read(bytes, 0));
    } finally {
      await file.close();
    }
  }

  async #parsed(bytes: Uint8Array): Promise<Glances | null> {
    const end = bytes.length - sumBytes;
    if (end <= 0 || textOf(bytes.subarray(end)) !== sumOf(bytes.subarray(0, end))) return null;
    // The sum is right, so it is what a unit wrote; of which form, the first line says.
    const lines = textOf(bytes.subarray(0, end)).split('\n');
    const head = v.safeParse(headSchema, JSON.parse(lines[0] ?? ''));
    if (!head.success || lines.length !== head.output.mailboxes + 2) return null;
    const found = new Map<string, MailboxGlance>();
    for (let at = 1; at <= head.output.mailboxes; at++) {
      const [number, glance] = JSON.parse(lines[at] as string) as [string, MailboxGlance];
      found.set(number, glance);
      if (at % linesAtOnce === 0) await this.#pause();
    }
    return found;
  }

  async #remove(): Promise<void> {
    await this.#writing;
    if ((await this.#storage.stat(path)) !== null) await this.#storage.remove(path);
    // Also when it is not there: an earlier run may have ended between the two.
    await this.#storage.syncDirectory('');
  }

  async #write(asked: Promise<Glances>): Promise<void> {
    const storage = this.#storage;
    const bytes = await this.#encoded(await asked);
    if ((await storage.stat(freshPath)) !== null) await storage.remove(freshPath);
    const file = await storage.open(freshPath, 'create');
    try {
      await file.write(bytes, 0);
      await file.dataSync();
    } finally {
      await file.close();
    }
    await storage.rename(freshPath, path);
    await storage.syncDirectory('');
  }

  async #encoded(glances: Glances): Promise<Uint8Array> {
    const lines = [JSON.stringify({ form, mailboxes: glances.size })];
    for (const entry of glances) {
      lines.push(JSON.stringify(entry));
      if (lines.length % linesAtOnce === 0) await this.#pause();
    }
    const body = new TextEncoder().encode(`${lines.join('\n')}\n`);
    const bytes = new Uint8Array(body.length + sumBytes);
    bytes.set(body);
    bytes.set(new TextEncoder().encode(sumOf(body)), body.length);
    return bytes;
  }
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const sumOf = (bytes: Uint8Array): string => crc32c(bytes).toString(16).padStart(sumBytes, '0');
