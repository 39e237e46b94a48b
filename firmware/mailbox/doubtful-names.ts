import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import { mailboxFolder, messageFolder } from './mailbox-paths.ts';

/** Mailboxes of which a change of files has failed: the disk may have other names in their folders than memory has, and after a power cut others again. */
export class DoubtfulNames {
  readonly #storage: Storage;
  /** Some of those that are known; shutting one settles nothing. */
  readonly #numbers = new Set<string>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  add(number: string): void {
    this.#numbers.add(number);
  }

  has(number: string): boolean {
    return this.#numbers.has(number);
  }

  /** Before its folders are listed anew: what is listed then is durable. Where that cannot be it stays in doubt. Never rejects for a disk that refuses. */
  async settle(number: string): Promise<void> {
    if (!this.#numbers.has(number)) return;
    try {
      for (const folder of [messageFolder(number), mailboxFolder(number)]) await this.#storage.syncDirectory(folder);
      this.#numbers.delete(number);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
    }
  }
}
