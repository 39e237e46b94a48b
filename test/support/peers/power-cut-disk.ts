import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** EXT4_IOC_SHUTDOWN without writing the journal out (EXT4_GOING_FLAGS_NOLOGFLUSH): what was not synced is gone, as in a power cut. */
const shutDown = 'import fcntl, os, struct, sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack("I", 2))';

/** A unit's data on an ext4 of their own, whose power can be cut, and which can be put back to an earlier day. */
export class PowerCutDisk {
  /** For `UnitChoices.folder`: the disk is its `data`. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'power-cut-'));
  readonly #image = path.join(this.folder, 'image');
  readonly #data = path.join(this.folder, 'data');
  readonly #atExit = (): void => this.remove();

  constructor(sizeMiB: number) {
    execFileSync('truncate', ['-s', `${sizeMiB}M`, this.#image]);
    execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-E', 'lazy_itable_init=0', this.#image], { env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } });
    mkdirSync(this.#data);
    // Every program that is started in a namespace has a copy of all mounts, and would keep the dead disk: shared, they see it go.
    execFileSync('mount', ['--bind', this.folder, this.folder]);
    execFileSync('mount', ['--make-shared', this.folder]);
    process.on('exit', this.#atExit);
    this.mount();
  }

  /** From now on it takes nothing, and forgets what was not synced. The process that uses it must end next. */
  cut(): void {
    execFileSync('python3', ['-c', shutDown, this.#data]);
  }

  /** The process that used it has ended. */
  unmount(): void {
    execFileSync('umount', [this.#data]);
  }

  /** Replays the journal, as after a power cut. */
  mount(): void {
    execFileSync('mount', ['-t', 'ext4', '-o', 'loop', this.#image, this.#data]);
  }

  /** Remembers the content of an unmounted disk. */
  keepOld(): void {
    copyFileSync(this.#image, `${this.#image}.old`);
  }

  /** Puts an unmounted disk back to what was remembered. */
  putBack(): void {
    copyFileSync(`${this.#image}.old`, this.#image);
  }

  remove(): void {
    process.off('exit', this.#atExit);
    spawnSync('umount', ['-l', this.#data]);
    spawnSync('umount', ['-l', this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
