import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';

const path = 'probe';

/**
 * Whether the store takes writes. Once it has refused one, admission asks here before each call until it works again: a
 * read-only or failing disk still answers questions about its free space.
 */
export class StoreProbe {
  readonly #storage: Storage;
  #suspect = false;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Tells of a refusal. A full disk is none: it is asked for its free space each time. */
  blame(error: unknown): void {
    if (error instanceof HalError && error.id !== 'no-space') this.#suspect = true;
  }

  async works(): Promise<boolean> {
    if (!this.#suspect) return true;
    try {
      await this.#writeAndRemove();
      this.#suspect = false;
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
    }
    return !this.#suspect;
  }

  async #writeAndRemove(): Promise<void> {
    if ((await this.#storage.stat(path)) !== null) await this.#storage.remove(path);
    const file = await this.#storage.open(path, 'create');
    try {
      await file.write(new Uint8Array(512), 0);
      await file.dataSync();
    } finally {
      await file.close();
    }
    await this.#storage.remove(path);
  }
}
