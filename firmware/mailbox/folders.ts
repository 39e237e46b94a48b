import type { Storage } from '../../hal/storage.ts';
import { folderOf } from './mailbox-paths.ts';

/** Makes folders, and knows which of them a power cut could still take away. */
export class Folders {
  readonly #storage: Storage;
  /** Made in this run, and not yet (or not successfully) synced. */
  readonly #doubtful = new Set<string>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** The folder and its parents exist, durably. Errors: no-space, read-only, io. */
  async ensure(path: string): Promise<void> {
    if (path === '') return;
    if (!this.#doubtful.has(path) && (await this.#storage.stat(path)) !== null) return;
    await this.ensure(folderOf(path));
    this.#doubtful.add(path);
    await this.#storage.makeDirectory(path);
    await this.#storage.syncDirectory(folderOf(path));
    this.#doubtful.delete(path);
  }
}
