import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { DiskPiece } from './crash-state.ts';
import type { LogEntry } from './write-log.ts';

const blockBytes = 4096;

/** A disk with all writes up to a place in the log; it only goes forward. Most of it is zeros, which are not written out. */
export class DurableDisk {
  readonly #bytes: Buffer;
  readonly #entries: readonly LogEntry[];
  /** 1 = not known to be zeros. */
  readonly #used: Uint8Array;
  #next = 0;

  constructor(base: Uint8Array, entries: readonly LogEntry[]) {
    this.#bytes = Buffer.from(base);
    this.#entries = entries;
    this.#used = Uint8Array.from({ length: base.length / blockBytes }, (_, block) => (this.#isZero(block) ? 0 : 1));
  }

  /** Applies the entries up to and including number `entry`. */
  advanceTo(entry: number): void {
    for (; this.#next <= entry; this.#next++) this.#apply(this.#entries[this.#next] as LogEntry);
  }

  /** Writes the disk as an image file, with `survivors` of later writes on top. */
  write(image: string, survivors: readonly DiskPiece[]): void {
    const file = openSync(image, 'w', 0o600);
    try {
      ftruncateSync(file, this.#bytes.length);
      for (let block = this.#used.indexOf(1); block >= 0; ) {
        const end = this.#endOfRun(block);
        writeSync(file, this.#bytes, block * blockBytes, (end - block) * blockBytes, block * blockBytes);
        block = this.#used.indexOf(1, end);
      }
      for (const { at, data } of survivors) writeSync(file, data, 0, data.length, at);
    } finally {
      closeSync(file);
    }
  }

  #apply({ at, data }: LogEntry): void {
    this.#bytes.set(data, at);
    this.#used.fill(1, Math.floor(at / blockBytes), Math.ceil((at + data.length) / blockBytes));
  }

  #isZero(block: number): boolean {
    return this.#bytes.subarray(block * blockBytes, (block + 1) * blockBytes).every((byte) => byte === 0);
  }

  #endOfRun(block: number): number {
    const end = this.#used.indexOf(0, block);
    return end < 0 ? this.#used.length : end;
  }
}
