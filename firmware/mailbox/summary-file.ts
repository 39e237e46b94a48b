import * as v from 'valibot';
import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import { ChangeLog, readChangeLog, removeOtherLogs } from './change-log.ts';
import { crc32c } from './crc32c.ts';
import type { MailboxGlance } from './mailbox-glance.ts';
import { readWhole } from './read-whole.ts';

/**
 * `summary`, in the root: what all mailboxes held when it was written, so that the next start need not look at each.
 *
 *   {"form":1,"id":<hex>,"mailboxes":<n>} · n lines [number, glance] · CRC of all before, eight hexadecimal digits
 *
 * Before a mailbox changes for the first time since then, a log beside it names it, durably: a unit that was killed looks at those when it
 * starts, and at no others. A summary of another form, or whose sum is wrong, is as good as none; so is one whose log cannot be read. Where
 * the log cannot be written (the disk is full, say), the summary itself goes.
 */
const path = 'summary';
const freshPath = 'summary.fresh';
const form = 1;
/** Half a kilobyte each: some 100,000 mailboxes. */
const maxBytes = 64 * 1024 * 1024;
/** Lines that are made or read between two turns of the loop. */
const linesAtOnce = 200;
const sumBytes = 8;

const headSchema = v.strictObject({ form: v.literal(form), id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)), mailboxes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

/** By number. */
export type Glances = ReadonlyMap<string, MailboxGlance>;

export interface SummaryParts {
  readonly storage: Storage;
  readonly random: Random;
  /** Lets the loop turn. */
  readonly pause: () => Promise<void>;
}

export class SummaryFile {
  readonly #parts: SummaryParts;
  /** Of the summary that stands and counts; null = there is none. */
  #log: ChangeLog | null = null;
  /** Resolved: none stands, nor comes back with a power cut. null: one may. */
  #removal: Promise<void> | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: SummaryParts) {
    this.#parts = parts;
  }

  /** Whether one stands that says what mailboxes hold that have not changed since. */
  get stands(): boolean {
    return this.#log !== null;
  }

  /** What has not changed since it was written; null = there is none that counts. It stands if nothing has changed at all. Errors: HalError read-only, permission-denied. */
  async read(): Promise<Glances | null> {
    try {
      const read = await this.#parsed(await readWhole(this.#parts.storage, path, maxBytes));
      if (read === null) return null;
      const changed = await readChangeLog(this.#parts.storage, read.id);
      if (changed === null) this.#log = new ChangeLog(this.#parts.storage, read.id);
      else for (const number of changed) read.glances.delete(number);
      return read.glances;
    } catch (error) {
      if (error instanceof HalError && (error.id === 'io' || error.id === 'not-found' || error.id === 'too-large')) return null;
      throw error;
    }
  }

  /** Resolves when no start will believe the summary about this mailbox. Errors: HalError; then it must not change. */
  async changing(number: string): Promise<void> {
    await this.#writing;
    const log = this.#log;
    if (log !== null) {
      try {
        return await log.mark(number);
      } catch (error) {
        if (!(error instanceof HalError)) throw error;
        if (this.#log === log) this.#log = null;
      }
    }
    await this.#removed();
  }

  /** From the call on changes wait. `glances` is asked at once. It stands when this resolves. Errors: HalError; then none does. */
  write(glances: () => Promise<Glances>): Promise<void> {
    [this.#log, this.#removal] = [null, null];
    const writing = this.#write(glances());
    this.#writing = writing.catch(() => undefined);
    return writing;
  }

  #removed(): Promise<void> {
    this.#removal ??= this.#remove().catch((error: unknown) => {
      this.#removal = null;
      throw error;
    });
    return this.#removal;
  }

  async #remove(): Promise<void> {
    const { storage } = this.#parts;
    await this.#writing;
    this.#log = null;
    if ((await storage.stat(path)) !== null) await storage.remove(path);
    // Also when it is not there: an earlier run may have ended between the two.
    await storage.syncDirectory('');
  }

  async #write(asked: Promise<Glances>): Promise<void> {
    const { storage, random } = this.#parts;
    const id = Buffer.from(random.bytes(8)).toString('hex');
    const bytes = await this.#encoded(id, await asked);
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
    this.#log = new ChangeLog(storage, id);
    // Only now: until then the one before it, and its log, counted.
    await removeOtherLogs(storage, id).catch(() => undefined);
  }

  async #parsed(bytes: Uint8Array): Promise<{ readonly id: string; readonly glances: Map<string, MailboxGlance> } | null> {
    const end = bytes.length - sumBytes;
    if (end <= 0 || textOf(bytes.subarray(end)) !== sumOf(bytes.subarray(0, end))) return null;
    // The sum is right, so it is what a unit wrote; of which form, the first line says.
    const lines = textOf(bytes.subarray(0, end)).split('\n');
    const head = v.safeParse(headSchema, JSON.parse(lines[0] ?? ''));
    if (!head.success || lines.length !== head.output.mailboxes + 2) return null;
    const glances = new Map<string, MailboxGlance>();
    for (let at = 1; at <= head.output.mailboxes; at++) {
      const [number, glance] = JSON.parse(lines[at] as string) as [string, MailboxGlance];
      glances.set(number, glance);
      if (at % linesAtOnce === 0) await this.#parts.pause();
    }
    return { id: head.output.id, glances };
  }

  async #encoded(id: string, glances: Glances): Promise<Uint8Array> {
    const lines = [JSON.stringify({ form, id, mailboxes: glances.size })];
    for (const entry of glances) {
      lines.push(JSON.stringify(entry));
      if (lines.length % linesAtOnce === 0) await this.#parts.pause();
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
