// A serial cable between two pseudo-terminals, by socat: what real serial drivers can be tried on without a device.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const startMs = 5000;

export class PtyCable {
  readonly left: string;
  readonly right: string;
  #process: ChildProcess | null = null;
  readonly #atExit = (): void => void this.#process?.kill('SIGKILL');

  constructor() {
    const folder = mkdtempSync(path.join(tmpdir(), 'serial-'));
    this.left = path.join(folder, 'left');
    this.right = path.join(folder, 'right');
    process.on('exit', this.#atExit);
  }

  async plug(): Promise<void> {
    const end = (link: string): string => `pty,raw,echo=0,link=${link}`;
    this.#process = spawn('socat', [end(this.left), end(this.right)], { stdio: 'ignore' });
    for (const began = Date.now(); !existsSync(this.left) || !existsSync(this.right); await new Promise((resolve) => setTimeout(resolve, 10))) {
      if (Date.now() - began > startMs) throw new Error('socat made no pseudo-terminals');
    }
  }

  /** The devices are gone, as when an adapter is pulled out. */
  async unplug(): Promise<void> {
    const process = this.#process;
    if (process === null) return;
    this.#process = null;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    process.kill('SIGTERM');
    await ended;
  }

  async remove(): Promise<void> {
    await this.unplug();
    process.off('exit', this.#atExit);
  }
}
