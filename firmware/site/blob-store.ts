import { createHash } from 'node:crypto';
import { HalError } from '../../hal/errors.ts';
import type { Storage, StorageFile } from '../../hal/storage.ts';
import type { Folders } from '../mailbox/folders.ts';
import { Serial } from '../mailbox/serial.ts';
import { chunkBytes, writeSynced } from './durable-file.ts';
import { maxBlobBytes } from './manifest.ts';
import { SiteError } from './site-error.ts';

export const blobFolder = 'site/blobs';
export const partFolder = 'site/parts';
const localPath = `${partFolder}/local`;

const blobPath = (sha256: string): string => `${blobFolder}/${sha256}`;
const partPath = (sha256: string): string => `${partFolder}/${sha256}`;
const isHash = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);

/** A piece of content in turn; only the end without an error says that all of it was right. */
export type Chunks = AsyncIterable<Uint8Array>;

export interface BlobRef {
  readonly sha256: string;
  readonly bytes: number;
}

export interface BlobStoreOptions {
  readonly storage: Storage;
  readonly folders: Folders;
  /** Free space that is never touched: it belongs to the messages. */
  readonly reserveBytes: () => number;
}

/**
 * Contents by their SHA-256:
 *
 *   parts/<hash>  being fetched, 64 KB at a time, each synced     ── whole and right ──>  blobs/<hash>   never changed again
 *
 * A blob whose bytes have not the hash that names it is damaged: it is removed when that is seen, and counts as not there, so
 * that it is fetched again.
 */
export class BlobStore {
  readonly #options: BlobStoreOptions;
  readonly #known = new Set<string>();
  /** Bytes of parts that this run has synced; what an earlier run left is trusted but for its last piece. */
  readonly #synced = new Map<string, number>();
  readonly #serial = new Serial();
  #namesInDoubt = false;

  constructor(options: BlobStoreOptions) {
    this.#options = options;
  }

  /** Errors: HalError. */
  async open(): Promise<void> {
    const { storage, folders } = this.#options;
    for (const folder of [blobFolder, partFolder]) await folders.ensure(folder);
    for (const name of (await storage.list(blobFolder)).filter(isHash)) this.#known.add(name);
  }

  /** Whether it is here, as far as is known; its bytes are checked when they are used. */
  has(sha256: string): boolean {
    return this.#known.has(sha256);
  }

  get count(): number {
    return this.#known.size;
  }

  /** Takes a content of this unit. Its name is durable after the next `sync`. Errors: HalError no-space, read-only, io; SiteError too-large; those of `content`. */
  put(content: Chunks): Promise<BlobRef> {
    return this.#serial.run(async () => {
      const { storage } = this.#options;
      const ref = await this.#writeLocal(content);
      if (this.#known.has(ref.sha256)) await storage.remove(localPath);
      else await this.#enter(localPath, ref.sha256);
      return ref;
    });
  }

  /** Makes the names of all blobs durable. Errors: HalError. */
  async sync(): Promise<void> {
    if (!this.#namesInDoubt) return;
    this.#namesInDoubt = false;
    await this.#options.storage.syncDirectory(blobFolder).catch((error: unknown) => {
      this.#namesInDoubt = true;
      throw error;
    });
  }

  /** From where a blob goes on being fetched. Errors: HalError. */
  async fetchedBytes({ sha256, bytes }: BlobRef): Promise<number> {
    const synced = this.#synced.get(sha256);
    if (synced !== undefined) return synced;
    const found = await this.#options.storage.stat(partPath(sha256));
    // The power may have gone while the last piece was being written: then it is there with other bytes than were sent.
    const whole = found === null ? 0 : Math.max(0, Math.ceil(found.bytes / chunkBytes) - 1) * chunkBytes;
    return whole >= bytes ? 0 : whole;
  }

  /** One more piece of a blob, durable when it resolves. Errors: HalError no-space, read-only, io. */
  async addPiece({ sha256, bytes }: BlobRef, piece: Uint8Array, offset: number): Promise<void> {
    const { storage } = this.#options;
    await this.#refuseBelowReserve(partPath(sha256), bytes - offset);
    const there = (await storage.stat(partPath(sha256))) !== null;
    const file = await storage.open(partPath(sha256), there ? 'update' : 'create');
    try {
      await file.write(piece, offset);
      await file.dataSync();
    } catch (error) {
      // After a failed sync the file is dead (hal/storage.ts): it is begun anew.
      this.#synced.delete(sha256);
      await file.close();
      if (error instanceof HalError && error.id === 'io') await storage.remove(partPath(sha256)).catch(() => undefined);
      throw error;
    }
    await file.close();
    this.#synced.set(sha256, offset + piece.length);
  }

  /** All pieces are there: checks them, and the blob is known and its name durable. Errors: HalError; SiteError damaged, and the part is gone. */
  finish({ sha256, bytes }: BlobRef): Promise<void> {
    return this.#serial.run(async () => {
      const { storage } = this.#options;
      const path = partPath(sha256);
      this.#synced.delete(sha256);
      // What an earlier run fetched may be longer than what was to come.
      const file = await storage.open(path, (await storage.stat(path)) === null ? 'create' : 'update');
      let good = false;
      try {
        if ((await file.size()) > bytes) await file.truncate(bytes);
        await file.dataSync();
        good = (await hashOf(file, bytes)) === sha256;
      } finally {
        await file.close();
      }
      if (!good) {
        await storage.remove(path);
        throw new SiteError('damaged', `what was fetched is not ${sha256}`);
      }
      await this.#enter(path, sha256);
      await this.sync();
    });
  }

  /** At most 64 KB from `offset`, unchecked. Errors: SiteError missing; HalError. */
  async piece(sha256: string, offset: number, length: number): Promise<Uint8Array> {
    const file = await this.#open(sha256);
    try {
      const bytes = new Uint8Array(Math.min(length, chunkBytes));
      return bytes.subarray(0, await file.read(bytes, offset));
    } finally {
      await file.close();
    }
  }

  /** The content in pieces, which are the reader's. Errors while reading: SiteError missing; damaged, and the blob is gone; HalError io. */
  async *content(sha256: string): Chunks {
    const file = await this.#open(sha256);
    const hash = createHash('sha256');
    try {
      for (let at = 0; ; ) {
        const bytes = new Uint8Array(chunkBytes);
        const piece = bytes.subarray(0, await file.read(bytes, at));
        if (piece.length === 0) break;
        hash.update(piece);
        at += piece.length;
        yield piece;
      }
    } finally {
      await file.close();
    }
    if (hash.digest('hex') === sha256) return;
    await this.forget(sha256);
    throw new SiteError('damaged', `${blobPath(sha256)} is not what its name says`);
  }

  /** Reads it through; false = it was damaged, or not there, and is gone now. Errors: HalError. */
  async check(sha256: string): Promise<boolean> {
    try {
      for await (const _ of this.content(sha256));
      return true;
    } catch (error) {
      if (error instanceof SiteError) return false;
      if (!(error instanceof HalError) || error.id !== 'io') throw error;
      await this.forget(sha256);
      return false;
    }
  }

  /** Removes a blob. Errors: HalError. */
  async forget(sha256: string): Promise<void> {
    if (!this.#known.delete(sha256)) return;
    await this.#options.storage.remove(blobPath(sha256));
  }

  /** Removes what is not in `keep`, parts too; returns how many blobs went. Errors: HalError. */
  collect(keep: ReadonlySet<string>): Promise<number> {
    return this.#serial.run(async () => {
      const { storage } = this.#options;
      const gone = [...this.#known].filter((sha256) => !keep.has(sha256));
      for (const sha256 of gone) await this.forget(sha256);
      for (const name of await storage.list(partFolder)) {
        if (keep.has(name) && !this.#known.has(name)) continue;
        this.#synced.delete(name);
        await storage.remove(`${partFolder}/${name}`);
      }
      return gone.length;
    });
  }

  async #writeLocal(content: Chunks): Promise<BlobRef> {
    const hash = createHash('sha256');
    let bytes = 0;
    await this.#refuseBelowReserve(localPath, 0);
    await writeSynced(this.#options.storage, localPath, async (file) => {
      for await (const piece of content) {
        if (bytes + piece.length > maxBlobBytes) throw new SiteError('too-large', `a content of the site has at most ${maxBlobBytes} bytes`);
        hash.update(piece);
        await file.write(piece, bytes);
        bytes += piece.length;
      }
    });
    return { sha256: hash.digest('hex'), bytes };
  }

  async #enter(path: string, sha256: string): Promise<void> {
    this.#namesInDoubt = true;
    await this.#options.storage.rename(path, blobPath(sha256));
    this.#known.add(sha256);
  }

  async #open(sha256: string): Promise<StorageFile> {
    if (!this.#known.has(sha256)) throw new SiteError('missing', `there is no content ${sha256}`);
    try {
      return await this.#options.storage.open(blobPath(sha256), 'read');
    } catch (error) {
      if (!(error instanceof HalError) || error.id !== 'not-found') throw error;
      this.#known.delete(sha256);
      throw new SiteError('missing', `the content ${sha256} has vanished`);
    }
  }

  async #refuseBelowReserve(path: string, bytes: number): Promise<void> {
    const { storage, reserveBytes } = this.#options;
    const { freeBytes } = await storage.space();
    if (freeBytes - bytes < reserveBytes()) throw new HalError('no-space', path, `${freeBytes} bytes are free, and ${reserveBytes()} of them are kept for messages`);
  }
}

async function hashOf(file: StorageFile, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(chunkBytes);
  for (let at = 0; at < bytes; ) {
    const got = await file.read(buffer, at);
    if (got === 0) break;
    hash.update(buffer.subarray(0, got));
    at += got;
  }
  return hash.digest('hex');
}
