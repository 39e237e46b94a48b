import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Power } from '../../power.ts';
import { fromErrno, halError } from './errno.ts';
import { loadLibc } from './libc.ts';

const runFile = promisify(execFile);

/** linux/reboot.h, LINUX_REBOOT_CMD_RESTART */
const restart = 0x01234567;
/** Made by systemd when it is the machine's init (sd_booted(3)). */
const systemdMark = '/run/systemd/system';

/** Asks systemd, which stops everything in good order; without it, reboot(2) after sync(2). */
export class LinuxPower implements Power {
  readonly #mark: string;

  constructor(mark: string = systemdMark) {
    this.#mark = mark;
  }

  async reboot(): Promise<void> {
    if (existsSync(this.#mark)) {
      await runFile('systemctl', ['reboot'], { timeout: 10_000 }).catch((cause: unknown) => Promise.reject(halError('systemctl reboot', cause)));
      return;
    }
    const libc = await loadLibc();
    libc.sync();
    if (libc.reboot(restart) < 0) throw fromErrno('machine', 'reboot', libc.errno());
  }
}
