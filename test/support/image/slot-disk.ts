// Slots and the boot loader's state on the disk of a board that is switched off, by the places that the image's own layout has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const limitMs = 120_000;
const mib = 1024 * 1024;

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
    const load = (file: string) => import(pathToFileURL(path.resolve(file)).href);
    const [{ diskLayout }, { image }] = [await load('board/image/disk-layout.mjs'), await load(`board/${boardName}/image.mjs`)];
    return new SlotDisk(disk, diskLayout(image.sizes, []).partitions);
  }

  /** The boot loader's variables. */
  bootState(): Record<string, string> {
    return this.#read('boot', (file) => {
      const text = must('mcopy', ['-i', file, '::grub/grubenv', '-']);
      return Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
    });
  }

  /** SHA-256 of the first `bytes` in the partition of slot A or B. */
  slotSum(slot: 'A' | 'B', bytes = Infinity): string {
    return this.#read(slot === 'A' ? 'slot-a' : 'slot-b', (file) => {
      const hash = createHash('sha256');
      const piece = Buffer.alloc(mib);
      const from = openSync(file, 'r');
      for (let left = bytes, count = 0; (count = readSync(from, piece, 0, Math.min(left, mib), null)) > 0; left -= count) hash.update(piece.subarray(0, count));
      closeSync(from);
      return hash.digest('hex');
    });
  }

  /** The first MiB of the slot is zeros from now on. */
  ruin(slot: 'A' | 'B'): void {
    const { startBytes } = this.#partition(slot === 'A' ? 'slot-a' : 'slot-b');
    must('qemu-io', ['-f', this.#format, '-c', `write -P 0 ${startBytes} ${mib}`, '-c', 'flush', this.#disk]);
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
      must('qemu-img', ['dd', '-f', this.#format, '-O', 'raw', `bs=${mib}`, `skip=${startBytes / mib}`, `count=${(startBytes + bytes) / mib}`, `if=${this.#disk}`, `of=${file}`]);
      return look(file);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function must(program: string, words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'latin1', timeout: limitMs });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
}
