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

  /** Errors: those of `work`, which are told of. */
  async blaming<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.blame(error);
      throw error;
    }
  }

  async works(): Promise<boolean> {
    if (this.#suspect) this.#suspect = (await writeProbe(this.#storage, path)) !== null;
    return !this.#suspect;
  }
}

/** Writes a file of 512 bytes, makes it durable and removes it. Resolves to why that was refused; null = it was not. */
export async function writeProbe(storage: Storage, file: string): Promise<HalError | null> {
  try {
    if ((await storage.stat(file)) !== null) await storage.remove(file);
    const opened = await storage.open(file, 'create');
    try {
      await opened.write(new Uint8Array(512), 0);
      await opened.dataSync();
    } finally {
      await opened.close();
    }
    await storage.remove(file);
    return null;
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    return error;
  }
}
