import type { Storage, StorageFile } from '../../hal/storage.ts';

/** Which sync does nothing. */
export type Forgotten = 'file-sync' | 'folder-sync';

/** A storage that says it has synced and has not: the control of a crash test. */
export class ForgetfulStorage implements Storage {
  readonly #real: Storage;
  readonly #forgotten: Forgotten;

  constructor(real: Storage, forgotten: Forgotten) {
    this.#real = real;
    this.#forgotten = forgotten;
  }

  async open(path: string, mode: 'read' | 'update' | 'create'): Promise<StorageFile> {
    const file = await this.#real.open(path, mode);
    return this.#forgotten === 'file-sync' ? withoutSync(file) : file;
  }

  async syncDirectory(path: string): Promise<void> {
    if (this.#forgotten !== 'folder-sync') await this.#real.syncDirectory(path);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#real.rename(from, to);
  }

  remove(path: string): Promise<void> {
    return this.#real.remove(path);
  }

  list(path: string): Promise<string[]> {
    return this.#real.list(path);
  }

  makeDirectory(path: string): Promise<void> {
    return this.#real.makeDirectory(path);
  }

  stat(path: string): ReturnType<Storage['stat']> {
    return this.#real.stat(path);
  }

  space(): ReturnType<Storage['space']> {
    return this.#real.space();
  }

  lock(path: string): Promise<() => Promise<void>> {
    return this.#real.lock(path);
  }
}

function withoutSync(file: StorageFile): StorageFile {
  return {
    write: (bytes, position) => file.write(bytes, position),
    read: (into, position) => file.read(into, position),
    size: () => file.size(),
    allocate: (bytes) => file.allocate(bytes),
    truncate: (bytes) => file.truncate(bytes),
    dataSync: async () => undefined,
    writeSynced: (bytes, position) => file.write(bytes, position),
    forget: () => file.forget(),
    close: () => file.close(),
  };
}
