import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Storage, StorageFile } from '../../hal/storage.ts';
import { Serial } from '../mailbox/serial.ts';
import { mostBundleBytes } from './bundle-verdict.ts';
import { incomingPlace } from './bundle-fetcher.ts';
import { updateFolder } from './update-record.ts';

/** More than this does not wait for the disk: whoever sends is faster than it. */
const mostWaitingBytes = 4 * 1024 * 1024;

/** A bundle that comes piece by piece from somebody who does not wait: a cable, or the partner. */
export class IncomingBundle {
  /** So large may it be. */
  readonly mostBytes: number;
  readonly #storage: Storage;
  readonly #file: StorageFile;
  readonly #writes = new Serial();
  #bytes = 0;
  #waiting = 0;
  #failed: unknown = null;
  #over = false;
  #heardMs: number;
  readonly #clock: Clock;

  private constructor(storage: Storage, file: StorageFile, mostBytes: number, clock: Clock) {
    this.#clock = clock;
    this.#heardMs = clock.monotonic();
    this.#storage = storage;
    this.#file = file;
    this.mostBytes = mostBytes;
  }

  /** In place of what was there. Errors: HalError no-space, read-only, io. */
  static async open(storage: Storage, keptBackBytes: number, clock: Clock): Promise<IncomingBundle> {
    if ((await storage.stat(incomingPlace)) !== null) await storage.remove(incomingPlace);
    const { freeBytes } = await storage.space();
    const mostBytes = Math.min(mostBundleBytes, freeBytes - keptBackBytes);
    if (mostBytes <= 0) throw new HalError('no-space', incomingPlace, 'the disk has no room for a bundle beside what is kept back for messages');
    return new IncomingBundle(storage, await storage.open(incomingPlace, 'create'), mostBytes, clock);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The file is whole, or was given up: the place is another's. */
  get isOver(): boolean {
    return this.#over;
  }

  /** When the last of it came, on the monotonic clock. */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** Copies them. Resolves when they are written; rejects with what the disk said. */
  add(bytes: Uint8Array): Promise<void> {
    const at = this.#bytes;
    this.#heardMs = this.#clock.monotonic();
    if (at + bytes.length > this.mostBytes) this.#failed ??= new HalError('too-large', incomingPlace, `it has more than ${this.mostBytes} bytes, which is what there is room for`);
    else if (this.#waiting > mostWaitingBytes) this.#failed ??= new HalError('io', incomingPlace, 'the disk is too slow for it');
    if (this.#failed !== null) return Promise.reject(this.#failed as Error);
    const copy = bytes.slice();
    this.#bytes += copy.length;
    this.#waiting += copy.length;
    return this.#writes.run(async () => {
      await this.#file.write(copy, at).catch((error: unknown) => Promise.reject((this.#failed ??= error) as Error));
      this.#waiting -= copy.length;
    });
  }

  /** All of it is there. Durable when it resolves. Errors: HalError of the disk, too-large. */
  async finish(): Promise<void> {
    await this.#writes.idle();
    try {
      if (this.#failed !== null) throw this.#failed;
      await this.#file.dataSync();
      await this.#file.close();
      await this.#storage.syncDirectory(updateFolder);
      this.#over = true;
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }

  /** It is not wanted any more; what comes of it late is refused. Never rejects. */
  async abandon(): Promise<void> {
    this.#failed ??= new HalError('closed', incomingPlace, 'it was given up');
    await this.#writes.idle();
    if (this.#over) return;
    this.#over = true;
    await this.#file.close().catch(() => undefined);
    await this.#storage.remove(incomingPlace).catch(() => undefined);
  }
}
