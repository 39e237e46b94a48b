import { HalError } from '../errors.ts';
import type { StorageFile } from '../storage.ts';
import type { SimContent } from './sim-content.ts';
import type { SimOperationKind } from './sim-operation.ts';
import type { SimStorage } from './sim-storage.ts';

/** An open file of a simulated storage, which counts, delays and fails what is done to it. */
export class SimStorageFile implements StorageFile {
  readonly #storage: SimStorage;
  readonly #content: SimContent;
  readonly #path: string;
  readonly #writable: boolean;
  #closed = false;

  constructor(storage: SimStorage, content: SimContent, path: string, writable: boolean) {
    this.#storage = storage;
    this.#content = content;
    this.#path = path;
    this.#writable = writable;
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    const half = (): void => this.#content.write(bytes.subarray(0, bytes.length >> 1), position);
    return this.#operate('write', () => this.#put(bytes, position), half);
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.#operate('read', () => this.#content.read(into, position));
  }

  async size(): Promise<number> {
    return this.#content.size;
  }

  allocate(bytes: number): Promise<void> {
    return this.#operate('allocate', () => {
      if (bytes <= this.#content.size) return;
      this.#storage.takeRoom(this.#path, bytes - this.#content.size);
      this.#content.resize(bytes);
    });
  }

  truncate(bytes: number): Promise<void> {
    return this.#operate('truncate', () => this.#content.resize(bytes));
  }

  dataSync(): Promise<void> {
    const sync = (): void => {
      if (this.#storage.syncsContent) this.#content.sync();
    };
    return this.#operate('data-sync', sync, () => this.#content.strand());
  }

  async writeSynced(bytes: Uint8Array, position: number): Promise<void> {
    await this.write(bytes, position);
    await this.dataSync().catch((error: unknown) => {
      throw error instanceof HalError && error.id === 'no-space' ? new HalError('io', this.#path, 'simulated disk was found full by a sync') : error;
    });
  }

  async forget(): Promise<void> {
    this.#storage.forgotten += 1;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #put(bytes: Uint8Array, position: number): void {
    this.#storage.takeRoom(this.#path, position + bytes.length - this.#content.size);
    this.#content.write(bytes, position);
    this.#content.modifiedMs = this.#storage.nowMs;
    this.#storage.bytesWritten += bytes.length;
  }

  async #operate<T>(kind: SimOperationKind, effect: () => T, failed?: () => void): Promise<T> {
    if (this.#closed) throw new HalError('closed', this.#path, 'used after close');
    if (!this.#writable && kind !== 'read') throw new HalError('permission-denied', this.#path, 'opened for reading');
    return this.#storage.operate(kind, this.#path, effect, failed);
  }
}
