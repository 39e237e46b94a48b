// Slots and the boot loader's state on the disk of a board that is switched off, by the places that the image's own layout has.
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builder } from './builder.ts';
import { tool } from './tool.ts';

const mib = 1024 * 1024;
const slotLabel = { A: 'slot-a', B: 'slot-b' } as const;
type Slot = keyof typeof slotLabel;

interface Partition {
  readonly label: string;
  readonly startBytes: number;
  readonly bytes: number;
}

export class SlotDisk {
  readonly #disk: string;
  readonly #format: 'qcow2' | 'raw';
  readonly #partitions: readonly Partition[];

  private constructor(disk: string, partitions: readonly Partition[]) {
    this.#disk = disk;
    this.#format = disk.endsWith('.qcow2') ? 'qcow2' : 'raw';
    this.#partitions = partitions;
  }

  static async of(disk: string, boardName: string): Promise<SlotDisk> {
    const [{ diskLayout }, { image }] = [await builder('board/image/disk-layout.mjs'), await builder(`board/${boardName}/image.mjs`)];
    return new SlotDisk(disk, diskLayout(image.sizes, []).partitions);
  }

  /** The boot loader's variables. */
  bootState(): Record<string, string> {
    return this.#read('boot', (file) => {
      const text = tool('mcopy', ['-i', file, '::grub/grubenv', '-']).toString('latin1');
      return Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
    });
  }

  /** SHA-256 of the first `bytes` in the partition of slot A or B. */
  slotSum(slot: Slot, bytes = Infinity): string {
    return this.readSlot(slot, (file) => {
      const hash = createHash('sha256');
      const piece = Buffer.alloc(mib);
      const from = openSync(file, 'r');
      for (let left = bytes, count = 0; (count = readSync(from, piece, 0, Math.min(left, mib), null)) > 0; left -= count) hash.update(piece.subarray(0, count));
      closeSync(from);
      return hash.digest('hex');
    });
  }

  /** What `look` makes of a file that holds the slot, which is gone afterwards. */
  readSlot<Result>(slot: Slot, look: (file: string) => Result): Result {
    return this.#read(slotLabel[slot], look);
  }

  /** The first MiB of the slot is zeros from now on. */
  ruin(slot: Slot): void {
    const { startBytes } = this.#partition(slotLabel[slot]);
    tool('qemu-io', ['-f', this.#format, '-c', `write -P 0 ${startBytes} ${mib}`, '-c', 'flush', this.#disk]);
  }

  #partition(label: string): Partition {
    const found = this.#partitions.find((one) => one.label === label);
    if (found === undefined) throw new Error(`the disk has no partition ${label}`);
    return found;
  }

  #read<Result>(label: string, look: (file: string) => Result): Result {
    const folder = mkdtempSync(path.join(tmpdir(), 'partition-'));
    try {
      const file = path.join(folder, label);
      const { startBytes, bytes } = this.#partition(label);
      tool('qemu-img', ['dd', '-f', this.#format, '-O', 'raw', `bs=${mib}`, `skip=${startBytes / mib}`, `count=${(startBytes + bytes) / mib}`, `if=${this.#disk}`, `of=${file}`]);
      return look(file);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
