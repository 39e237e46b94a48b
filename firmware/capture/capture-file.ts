import type { Storage, StorageFile } from '../../hal/storage.ts';
import { folderOf } from '../mailbox/mailbox-paths.ts';
import type { PcapPacket } from './pcap-file.ts';
import { headBytes, pcapHead, recordBytes, writeRecord } from './pcap-file.ts';

/** Packets wait for the disk in blocks of so many bytes; there are as many as are needed at once. */
const blockBytes = 256 * 1024;
/**
 * At most. When this process goes on after it stood still, all that the kernel has kept comes within one turn, in which nothing can be written:
 * 2.4 s, with 40 calls 2.2 MB. And a block or two may be on their way to the disk meanwhile.
 */
const mostBlocks = 12;

interface Block {
  readonly bytes: Uint8Array;
  filled: number;
}

/** A capture as it grows. What was flushed is on the disk; a power cut leaves a file that ends within a packet at worst, which readers say and bear. */
export class CaptureFile {
  readonly #file: StorageFile;
  readonly #limitBytes: number;
  /** The last one takes what comes. */
  #filling: Block[] = [];
  readonly #empty: Block[] = [];
  #blocks = 0;
  #full = false;
  #written = headBytes;
  #busy: Promise<void> = Promise.resolve();
  /** With those that wait. */
  bytes = headBytes;
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

  /** A packet came that would have made it too large. */
  get full(): boolean {
    return this.#full;
  }

  /** Where its bytes lie until the next flush; null: it was not taken, since the file is full or the disk too slow. */
  add(packet: PcapPacket): Uint8Array | null {
    const bytes = recordBytes(packet);
    this.#full ||= this.bytes + bytes > this.#limitBytes;
    if (this.#full) return null;
    const block = this.#blockFor(bytes);
    if (block === null) {
      this.lost += 1;
      return null;
    }
    const at = writeRecord(block.bytes, block.filled, packet);
    block.filled += bytes;
    this.bytes += bytes;
    this.packets += 1;
    return block.bytes.subarray(at, block.filled);
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

  /** null: all of them wait. */
  #blockFor(bytes: number): Block | null {
    const last = this.#filling.at(-1);
    if (last !== undefined && last.filled + bytes <= blockBytes) return last;
    const next = this.#empty.pop() ?? this.#anotherBlock();
    if (next !== null) this.#filling.push(next);
    return next;
  }

  #anotherBlock(): Block | null {
    if (this.#blocks === mostBlocks) return null;
    this.#blocks += 1;
    return { bytes: new Uint8Array(blockBytes), filled: 0 };
  }

  async #flush(): Promise<void> {
    const writing = this.#filling;
    if (writing.length === 0) return;
    this.#filling = [];
    for (const block of writing) await this.#write(block);
    await this.#file.dataSync();
  }

  async #write(block: Block): Promise<void> {
    await this.#file.write(block.bytes.subarray(0, block.filled), this.#written);
    this.#written += block.filled;
    block.filled = 0;
    this.#empty.push(block);
  }
}
