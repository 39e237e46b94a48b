import type { Storage, StorageFile } from '../../hal/storage.ts';
import { folderOf } from '../mailbox/mailbox-paths.ts';
import type { PcapPacket } from './pcap-file.ts';
import { headBytes, pcapHead, recordBytes, writeRecord } from './pcap-file.ts';

/**
 * Packets that wait for the disk; twice as much, since one half is filled while the other is written. A second of 40 calls, which comes at once
 * when this process goes on after it stood still.
 */
const bufferBytes = 1024 * 1024;

/** A capture as it grows. What was flushed is on the disk; a power cut leaves a file that ends within a packet at worst, which readers say and bear. */
export class CaptureFile {
  readonly #file: StorageFile;
  readonly #limitBytes: number;
  #filling = new Uint8Array(bufferBytes);
  #writing = new Uint8Array(bufferBytes);
  #filled = 0;
  #full = false;
  #written = headBytes;
  #busy: Promise<void> = Promise.resolve();
  /** Packets taken. */
  packets = 0;
  /** Packets that the disk was too slow for. */
  lost = 0;

  private constructor(file: StorageFile, limitBytes: number) {
    this.#file = file;
    this.#limitBytes = limitBytes;
  }

  /** Errors: HalError already-exists, no-space, read-only, io. */
  static async create(storage: Storage, path: string, linkType: number, limitBytes: number): Promise<CaptureFile> {
    const file = await storage.open(path, 'create');
    try {
      await file.write(pcapHead(linkType), 0);
      await file.dataSync();
      await storage.syncDirectory(folderOf(path));
      return new CaptureFile(file, limitBytes);
    } catch (error) {
      await file.close();
      await storage.remove(path).catch(() => undefined);
      throw error;
    }
  }

  get bytes(): number {
    return this.#written + this.#filled;
  }

  /** A packet came that would have made it too large. */
  get full(): boolean {
    return this.#full;
  }

  /** Where its bytes lie until the next flush; null: it was not taken, since the file is full or the disk too slow. */
  add(packet: PcapPacket): Uint8Array | null {
    const bytes = recordBytes(packet);
    this.#full ||= this.bytes + bytes > this.#limitBytes;
    if (this.#full) return null;
    if (this.#filled + bytes > bufferBytes) {
      this.lost += 1;
      return null;
    }
    const at = writeRecord(this.#filling, this.#filled, packet);
    this.#filled += bytes;
    this.packets += 1;
    return this.#filling.subarray(at, this.#filled);
  }

  /** Durable when resolved. Errors: HalError no-space, read-only, io; then nothing more is to be written. */
  flush(): Promise<void> {
    const turn = this.#busy.then(() => this.#flush());
    this.#busy = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#file.close();
    }
  }

  async #flush(): Promise<void> {
    const length = this.#filled;
    if (length === 0) return;
    [this.#filling, this.#writing] = [this.#writing, this.#filling];
    const at = this.#written;
    this.#filled = 0;
    this.#written += length;
    await this.#file.write(this.#writing.subarray(0, length), at);
    await this.#file.dataSync();
  }
}
