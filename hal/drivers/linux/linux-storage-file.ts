import { constants as flags } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { constants } from 'node:os';
import { HalError } from '../../errors.ts';
import type { StorageFile } from '../../storage.ts';
import { halError } from './errno.ts';
import { loadFadvise } from './fadvise.ts';
import { loadFallocate } from './fallocate.ts';

const zeros = new Uint8Array(65_536);

/** A StorageFile over one descriptor, and one more with O_DSYNC when it is written synced again and again. */
export class LinuxStorageFile implements StorageFile {
  readonly #path: string;
  readonly #plain: FileHandle;
  #closed = false;
  /** With O_DSYNC; null = not opened, or it cannot be had. */
  #through: FileHandle | null = null;
  #opening: Promise<void> | null = null;
  #writtenSynced = false;
  /** Something was changed that the next sync has to cover. */
  #unsynced = true;

  constructor(handle: FileHandle, path: string) {
    this.#plain = handle;
    this.#path = path;
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    return this.#guarded(() => {
      this.#unsynced = true;
      return this.#writeAll(bytes, position);
    });
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.#guarded(async () => {
      let done = 0;
      while (done < into.length) {
        const { bytesRead } = await this.#plain.read(into, done, into.length - done, position + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    });
  }

  size(): Promise<number> {
    return this.#guarded(async () => (await this.#plain.stat()).size);
  }

  /**
   * With the C library's posix_fallocate where it can be called. Else zeros are written: that reserves just as well (a mere
   * ftruncate would leave a hole, and a later write into it can meet a full disk) but puts every byte on the medium twice.
   */
  allocate(bytes: number): Promise<void> {
    return this.#guarded(async () => {
      this.#unsynced = true;
      const fallocate = await loadFallocate();
      const refused = fallocate === null ? null : await fallocate(this.#plain.fd, bytes);
      if (refused === 0) return;
      if (refused === constants.errno.ENOSPC) throw new HalError('no-space', this.#path, 'no room to reserve');
      await this.#writeZeros(bytes);
    });
  }

  truncate(bytes: number): Promise<void> {
    return this.#guarded(() => {
      this.#unsynced = true;
      return this.#plain.truncate(bytes);
    });
  }

  dataSync(): Promise<void> {
    return this.#guarded(() => this.#sync());
  }

  /**
   * From the second time on there is a descriptor with O_DSYNC, where each write is as if fdatasync followed (open(2)): a job less for a helper thread, and a
   * turn less of this one. Such a write covers its own bytes alone, so where something else was changed before, both are written plainly and synced.
   */
  writeSynced(bytes: Uint8Array, position: number): Promise<void> {
    return this.#guarded(async () => {
      if (this.#writtenSynced) await (this.#opening ??= this.#openThrough());
      this.#writtenSynced = true;
      if (this.#closed) throw this.#used();
      if (this.#through !== null && !this.#unsynced) return this.#unlessLost(this.#writeAll(bytes, position, this.#through));
      this.#unsynced = true;
      await this.#writeAll(bytes, position);
      await this.#unlessLost(this.#sync());
    });
  }

  async forget(): Promise<void> {
    const fadvise = await loadFadvise();
    if (fadvise !== null && !this.#closed) fadvise(this.#plain.fd);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#opening;
      await Promise.all([this.#plain.close(), this.#through?.close()]);
    } catch (error) {
      throw halError(this.#path, error);
    }
  }

  async #writeAll(bytes: Uint8Array, position: number, handle = this.#plain): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  async #sync(): Promise<void> {
    this.#unsynced = false; // what is changed meanwhile is for the next one
    await this.#plain.datasync();
  }

  /** A sync that finds no room has lost what it should have covered, unlike a write. */
  async #unlessLost(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const known = halError(this.#path, error);
      throw known.id === 'no-space' ? new HalError('io', this.#path, 'no room when it was synced') : known;
    }
  }

  /** By the descriptor's own name: the file may have another by now. */
  async #openThrough(): Promise<void> {
    this.#through = await open(`/proc/self/fd/${this.#plain.fd}`, flags.O_RDWR | flags.O_DSYNC).catch(() => null);
  }

  async #writeZeros(bytes: number): Promise<void> {
    for (let end = (await this.#plain.stat()).size; end < bytes; ) {
      const { bytesWritten } = await this.#plain.write(zeros, 0, Math.min(zeros.length, bytes - end), end);
      end += bytesWritten;
    }
  }

  #used(): HalError {
    return new HalError('closed', this.#path, 'used after close');
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw this.#used();
    try {
      return await work();
    } catch (error) {
      throw halError(this.#path, error);
    }
  }
}
