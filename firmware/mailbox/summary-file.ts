import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import { ChangeLog, makeChangeLog, readChangeLog, removeOtherLogs } from './change-log.ts';
import type { Glances, Summary } from './summary-text.ts';
import { readSummary, summaryBlocks } from './summary-text.ts';

/**
 * `summary`, in the root: what all mailboxes held when it was written (summary-text.ts), so that the next start need not look at each.
 *
 * Before a mailbox changes for the first time since then, a log beside it names it, durably: a unit that was killed looks at those when it
 * starts, and at no others. A summary of another form, or whose sum is wrong, is as good as none; so is one whose log is missing or cannot be read. Where
 * the log cannot be written (the disk is full, say), the summary itself goes.
 */
const path = 'summary';
const freshPath = 'summary.fresh';
/** Some 200 octets each: 250,000 mailboxes and more. */
const maxBytes = 64 * 1024 * 1024;

export interface SummaryParts {
  readonly storage: Storage;
  readonly random: Random;
}

export class SummaryFile {
  readonly #parts: SummaryParts;
  /** Of the summary that stands and counts; null = there is none. */
  #log: ChangeLog | null = null;
  #isWhole = false;
  /** Resolved: none stands, nor comes back with a power cut. null: one may. */
  #removal: Promise<void> | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: SummaryParts) {
    this.#parts = parts;
  }

  /** Whether one stands, and nothing had changed since when it was read or written. */
  get stands(): boolean {
    return this.#log !== null && this.#isWhole;
  }

  /** What has not changed since it was written; null = there is none that counts. Errors: HalError read-only, permission-denied. */
  async read(): Promise<Glances | null> {
    try {
      const read = await this.#read();
      if (read === null) return null;
      const changed = await readChangeLog(this.#parts.storage, read.id);
      if (changed === null) return null;
      this.#log = new ChangeLog(this.#parts.storage, read.id, changed);
      this.#isWhole = changed.numbers.size === 0;
      for (const number of changed.numbers) read.glances.delete(number);
      return read.glances;
    } catch (error) {
      if (error instanceof HalError && (error.id === 'io' || error.id === 'not-found')) return null;
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
        if (this.#log === log) this.#letGo();
      }
    }
    await this.#removed();
  }

  /** From the call on changes wait. `glances` is asked at once. It stands when this resolves. Errors: HalError; then none does. */
  write(glances: () => Promise<Glances>): Promise<void> {
    this.#letGo();
    this.#removal = null;
    const writing = this.#write(glances());
    this.#writing = writing.catch(() => undefined);
    return writing;
  }

  #letGo(): void {
    void this.#log?.close();
    this.#log = null;
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
    this.#letGo();
    if ((await storage.stat(path)) !== null) await storage.remove(path);
    // Also when it is not there: an earlier run may have ended between the two.
    await storage.syncDirectory('');
  }

  async #write(asked: Promise<Glances>): Promise<void> {
    const { storage, random } = this.#parts;
    const id = Buffer.from(random.bytes(8)).toString('hex');
    const glances = await asked;
    if ((await storage.stat(freshPath)) !== null) await storage.remove(freshPath);
    const file = await storage.open(freshPath, 'create');
    try {
      let position = 0;
      for (const block of summaryBlocks(id, glances)) {
        await file.write(block, position);
        position += block.length;
      }
      await file.dataSync();
    } finally {
      await file.close();
    }
    const log = await makeChangeLog(storage, id);
    await storage.rename(freshPath, path);
    await storage.syncDirectory('');
    this.#log = log;
    this.#isWhole = true;
    // Only now: until then the one before it, and its log, counted.
    await removeOtherLogs(storage, id).catch(() => undefined);
  }

  async #read(): Promise<Summary | null> {
    const file = await this.#parts.storage.open(path, 'read');
    try {
      const bytes = await file.size();
      return bytes > maxBytes ? null : await readSummary(file, bytes);
    } finally {
      await file.close();
    }
  }
}
