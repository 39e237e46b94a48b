import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const name = 'somebody-elses';
const blockBytes = 64 * 1024;

/** A unit's data on a disk of their own, in memory, that can be filled to the last byte. */
export class SmallDisk {
  /** For `UnitChoices.folder`: the disk is its `data`. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'small-disk-'));
  readonly #atExit = (): void => this.remove();

  constructor(sizeMiB: number) {
    mkdirSync(this.#data);
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'none', this.#data], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`mount: ${stderr}`);
    process.on('exit', this.#atExit);
  }

  /** Until the disk takes no byte more. */
  fill(): void {
    const file = openSync(path.join(this.#data, name), 'a');
    for (let bytes = blockBytes; bytes >= 1; ) {
      try {
        writeSync(file, Buffer.alloc(bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        bytes = Math.floor(bytes / 2);
      }
    }
    closeSync(file);
  }

  free(): void {
    rmSync(path.join(this.#data, name), { force: true });
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#data);
    return bavail * bsize;
  }

  remove(): void {
    process.off('exit', this.#atExit);
    // A process in a namespace of its own may still have it.
    spawnSync('umount', ['-l', this.#data]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #data(): string {
    return path.join(this.folder, 'data');
  }
}
