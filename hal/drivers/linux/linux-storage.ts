import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rmdir, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HalError } from '../../errors.ts';
import type { Storage, StorageFile } from '../../storage.ts';
import { pathParts } from '../../storage-path.ts';
import { halError, isNotFound } from './errno.ts';
import { LinuxStorageFile } from './linux-storage-file.ts';
import { takeLock } from './lock-file.ts';

const flagsOf = {
  read: constants.O_RDONLY,
  update: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
};

/** A data folder of a Linux file system. Files are made with mode 0600, folders with 0700. */
export class LinuxStorage implements Storage {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Makes the folder `root` if need be; 'refuse' leaves an absent one absent (`not-found`). Errors: permission-denied, not-found, read-only, no-space, io. */
  static async at(root: string, absent: 'make' | 'refuse' = 'make'): Promise<LinuxStorage> {
    try {
      if (absent === 'make') await mkdir(root, { recursive: true, mode: 0o700 });
      if (!(await stat(root)).isDirectory()) throw new HalError('not-found', root, 'not a folder');
    } catch (error) {
      throw halError(root, error);
    }
    return new LinuxStorage(root);
  }

  open(path: string, mode: 'read' | 'update' | 'create'): Promise<StorageFile> {
    return this.#guarded(path, async (full) => new LinuxStorageFile(await open(full, flagsOf[mode], 0o600), path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#guarded(from, (full) => rename(full, this.#full(to)));
  }

  remove(path: string): Promise<void> {
    return this.#guarded(path, async (full) => ((await stat(full)).isDirectory() ? rmdir(full) : unlink(full)));
  }

  list(path: string): Promise<string[]> {
    return this.#guarded(path, (full) => readdir(full));
  }

  makeDirectory(path: string): Promise<void> {
    return this.#guarded(path, async (full) => void (await mkdir(full, { recursive: true, mode: 0o700 })));
  }

  syncDirectory(path: string): Promise<void> {
    return this.#guarded(path, async (full) => {
      const handle = await open(full, constants.O_RDONLY | constants.O_DIRECTORY);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  stat(path: string): Promise<{ bytes: number; directory: boolean; modifiedMs: number } | null> {
    return this.#guarded(path, async (full) => {
      const found = await stat(full).catch((error: unknown) => {
        if (isNotFound(error)) return null;
        throw error;
      });
      return found && { bytes: found.size, directory: found.isDirectory(), modifiedMs: found.mtimeMs };
    });
  }

  space(): Promise<{ freeBytes: number; totalBytes: number }> {
    return this.#guarded('', async (full) => {
      const { bavail, blocks, bsize } = await statfs(full);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    });
  }

  lock(path: string): Promise<() => Promise<void>> {
    return this.#guarded(path, (full) => takeLock(full));
  }

  #full(path: string): string {
    return join(this.#root, ...pathParts(path));
  }

  async #guarded<T>(path: string, work: (full: string) => Promise<T>): Promise<T> {
    const full = this.#full(path);
    try {
      return await work(full);
    } catch (error) {
      throw halError(path === '' ? this.#root : path, error);
    }
  }
}
