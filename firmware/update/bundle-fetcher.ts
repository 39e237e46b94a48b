import type { Clock } from '../../hal/clock.ts';
import type { Downloads } from '../../hal/download.ts';
import { HalError } from '../../hal/errors.ts';
import type { Storage, StorageFile } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { mostBundleBytes } from './bundle-verdict.ts';
import { updateFolder } from './update-record.ts';

/** The one bundle that lies in the data folder; relative to it. */
export const incomingPlace = `${updateFolder}/incoming.raucb`;

export interface BundleFetcherParts {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly downloads: Downloads;
  readonly log: Log;
  /** Of the disk, for messages. */
  readonly keptBackBytes: () => number;
}

/** What bundles take of the network, 16 Mbit/s: calls on the same line keep theirs. */
export const bundleBytesPerSec = 2_000_000;
const silentMs = 30_000;
const wholeMs = 2 * 60 * 60_000;
/** A way that breaks off is tried again, where it was. */
const tries = 8;
const pauseMs = 15_000;
/** What cannot be made good by asking again. */
const final: readonly HalError['id'][] = ['not-found', 'permission-denied', 'wrong-certificate', 'too-large', 'unsupported', 'no-space', 'read-only', 'closed'];

/** Fetches a bundle into the data folder, in several goes where one breaks off. */
export class BundleFetcher {
  readonly #parts: BundleFetcherParts;

  constructor(parts: BundleFetcherParts) {
    this.#parts = parts;
  }

  /** `progress` in percent, where the size is known. Durable when it resolves. Errors: those of `Downloads.fetch` and of the storage, no-space. */
  async fetch(url: string, progress: (percent: number) => void, signal: AbortSignal): Promise<void> {
    const { storage, log } = this.#parts;
    await this.clear();
    const file = await storage.open(incomingPlace, 'create');
    try {
      const got = { bytes: 0, validator: null as string | null };
      for (let left = tries; ; left--) {
        const failed = await this.#go(url, file, got, progress, signal).then(() => null, asHalError(url));
        if (failed === null) break;
        if (left === 1 || final.includes(failed.id)) throw failed;
        log.write('info', 'update-fetch-broke', `The firmware broke off after ${got.bytes} bytes and is asked for again: ${failed.message}.`);
        await this.#pause(signal, url);
      }
      await file.dataSync();
    } finally {
      await file.close();
    }
    await storage.syncDirectory(updateFolder);
  }

  /** Nothing of a bundle is in the data folder any more. Errors: HalError io, read-only. */
  async clear(): Promise<void> {
    const { storage } = this.#parts;
    if ((await storage.stat(incomingPlace)) === null) return;
    await storage.remove(incomingPlace);
    await storage.syncDirectory(updateFolder);
  }

  async #go(url: string, file: StorageFile, got: { bytes: number; validator: string | null }, progress: (percent: number) => void, signal: AbortSignal): Promise<void> {
    let total: number | null = null;
    await this.#parts.downloads.fetch({ url, from: got.bytes, validator: got.validator, mostBytes: mostBundleBytes, silentMs, wholeMs, bytesPerSec: bundleBytesPerSec }, {
      begin: async (head) => {
        if (head.offset === 0) await file.truncate(0);
        got.bytes = head.offset;
        got.validator = head.validator;
        total = head.totalBytes;
        await this.#room((total ?? mostBundleBytes) - head.offset);
      },
      take: async (bytes) => {
        await file.write(bytes, got.bytes);
        got.bytes += bytes.length;
        if (total !== null) progress(Math.floor((got.bytes / total) * 100));
      },
    }, signal);
  }

  /** Room for a bundle of this size, beside what is kept back for messages. Errors: no-space, io. */
  async #room(bytes: number): Promise<void> {
    const { storage, keptBackBytes } = this.#parts;
    const { freeBytes } = await storage.space();
    const left = freeBytes - bytes - keptBackBytes();
    if (left < 0) throw new HalError('no-space', incomingPlace, `the disk has no room for ${bytes} bytes beside what is kept back for messages`);
  }

  #pause(signal: AbortSignal, url: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#parts.clock.after('update fetch', pauseMs, resolve);
      const stop = (): void => {
        timer.cancel();
        reject(new HalError('closed', url, 'it was broken off'));
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  }
}

/** What is no error of the machine is a defect, and goes its way. */
const asHalError = (url: string) => (error: unknown): HalError => {
  if (error instanceof HalError) return error;
  throw error instanceof Error ? error : new Error(`${url}: ${String(error)}`);
};
