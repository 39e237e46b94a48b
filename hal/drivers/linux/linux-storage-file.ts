import type { FileHandle } from 'node:fs/promises';
import { constants } from 'node:os';
import { HalError } from '../../errors.ts';
import type { StorageFile } from '../../storage.ts';
import { halError } from './errno.ts';
import { loadFadvise } from './fadvise.ts';
import { loadFallocate } from './fallocate.ts';

const zeros = new Uint8Array(65_536);

/** A StorageFile over one descriptor. */
export class LinuxStorageFile implements StorageFile {
  readonly #handle: FileHandle;
  readonly #path: string;
  #closed = false;

  constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    return this.#guarded(async () => {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    });
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.#guarded(async () => {
      let done = 0;
      while (done < into.length) {
        const { bytesRead } = await this.#handle.read(into, done, into.length - done, position + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    });
  }

  size(): Promise<number> {
    return this.#guarded(async () => (await this.#handle.stat()).size);
  }

  /**
   * With the C library's posix_fallocate where it can be called. Else zeros are written: that reserves just as well (a mere
   * ftruncate would leave a hole, and a later write into it can meet a full disk) but puts every byte on the medium twice.
   */
  allocate(bytes: number): Promise<void> {
    return this.#guarded(async () => {
      const fallocate = await loadFallocate();
      const refused = fallocate === null ? null : await fallocate(this.#handle.fd, bytes);
      if (refused === 0) return;
      if (refused === constants.errno.ENOSPC) throw new HalError('no-space', this.#path, 'no room to reserve');
      await this.#writeZeros(bytes);
    });
  }

  truncate(bytes: number): Promise<void> {
    return this.#guarded(() => this.#handle.truncate(bytes));
  }

  dataSync(): Promise<void> {
    return this.#guarded(() => this.#handle.datasync());
  }

  async forget(): Promise<void> {
    const fadvise = await loadFadvise();
    if (fadvise !== null && !this.#closed) fadvise(this.#handle.fd);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#handle.close();
    } catch (error) {
      throw halError(this.#path, error);
    }
  }

  async #writeZeros(bytes: number): Promise<void> {
    for (let end = (await this.#handle.stat()).size; end < bytes; ) {
      const { bytesWritten } = await this.#handle.write(zeros, 0, Math.min(zeros.length, bytes - end), end);
      end += bytesWritten;
    }
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new HalError('closed', this.#path, 'used after close');
    try {
      return await work();
    } catch (error) {
      throw halError(this.#path, error);
    }
  }
}
