import { HalError } from '../../../hal/errors.ts';
import type { Storage, StorageFile } from '../../../hal/storage.ts';

const mib = 1024 * 1024;

/** A store in front of the real one that fails when it is told to. */
export class FaultyStorage implements Storage {
  /** Nothing can be written: EIO. */
  writesFail = false;
  /** What is asked is not answered; those who wait are served when it is off again. */
  hangs = false;
  /** Hardly any room is left. */
  full = false;
  readonly #real: Storage;

  constructor(real: Storage) {
    this.#real = real;
  }

  async open(path: string, mode: 'read' | 'update' | 'create'): Promise<StorageFile> {
    await this.pass(path, mode !== 'read');
    return new FaultyFile(this, await this.#real.open(path, mode), path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.pass(from, true);
    return this.#real.rename(from, to);
  }

  async remove(path: string): Promise<void> {
    await this.pass(path, true);
    return this.#real.remove(path);
  }

  async list(path: string): Promise<string[]> {
    await this.pass(path, false);
    return this.#real.list(path);
  }

  async makeDirectory(path: string): Promise<void> {
    await this.pass(path, true);
    return this.#real.makeDirectory(path);
  }

  async syncDirectory(path: string): Promise<void> {
    await this.pass(path, true);
    return this.#real.syncDirectory(path);
  }

  async stat(path: string): Promise<{ bytes: number; directory: boolean; modifiedMs: number } | null> {
    await this.pass(path, false);
    return this.#real.stat(path);
  }

  async space(): Promise<{ freeBytes: number; totalBytes: number }> {
    await this.pass('', false);
    const { freeBytes, totalBytes } = await this.#real.space();
    return { freeBytes: this.full ? Math.min(mib, freeBytes) : freeBytes, totalBytes };
  }

  lock(path: string): Promise<() => Promise<void>> {
    return this.#real.lock(path);
  }

  /** Before each operation, of its files too. */
  async pass(path: string, writes: boolean): Promise<void> {
    while (this.hangs) await new Promise((resolve) => setTimeout(resolve, 100));
    if (this.writesFail && writes) throw new HalError('io', path, 'a simulated fault of the disk');
  }
}

class FaultyFile implements StorageFile {
  readonly #storage: FaultyStorage;
  readonly #real: StorageFile;
  readonly #path: string;

  constructor(storage: FaultyStorage, real: StorageFile, path: string) {
    this.#storage = storage;
    this.#real = real;
    this.#path = path;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    await this.#storage.pass(this.#path, true);
    return this.#real.write(bytes, position);
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    await this.#storage.pass(this.#path, false);
    return this.#real.read(into, position);
  }

  size(): Promise<number> {
    return this.#real.size();
  }

  async allocate(bytes: number): Promise<void> {
    await this.#storage.pass(this.#path, true);
    return this.#real.allocate(bytes);
  }

  async truncate(bytes: number): Promise<void> {
    await this.#storage.pass(this.#path, true);
    return this.#real.truncate(bytes);
  }

  async dataSync(): Promise<void> {
    await this.#storage.pass(this.#path, true);
    return this.#real.dataSync();
  }

  async writeSynced(bytes: Uint8Array, position: number): Promise<void> {
    await this.#storage.pass(this.#path, true);
    return this.#real.writeSynced(bytes, position);
  }

  forget(): Promise<void> {
    return this.#real.forget();
  }

  close(): Promise<void> {
    return this.#real.close();
  }
}
