import { open, type FileHandle } from 'node:fs/promises';
import { writeSync } from 'node:fs';
import { HalError } from '../../errors.ts';
import type { Watchdog } from '../../watchdog.ts';
import { fromErrno, halError } from './errno.ts';
import { loadLibc } from './libc.ts';

/** linux/watchdog.h, WDIOC_SETTIMEOUT */
const setTimeoutRequest = 0xc0045706;
const kick = Buffer.from('1');
/** "Magic close": without it a closed device goes on counting (Documentation/watchdog/watchdog-api.rst). */
const goodbye = Buffer.from('V');

/** Asks the device for a time limit in seconds; returns the one it took. Errors: unsupported. */
export type SetTimeout = (fd: number, seconds: number) => Promise<number>;

/** The kernel's watchdog device: it restarts the machine, not the program. */
export class DeviceWatchdog implements Watchdog {
  readonly name: string;
  readonly #setTimeout: SetTimeout;
  #device: FileHandle | null = null;

  constructor(path: string, setTimeout: SetTimeout = setTimeoutByIoctl) {
    this.name = path;
    this.#setTimeout = setTimeout;
  }

  async arm(timeoutMs: number): Promise<void> {
    this.#device ??= await this.#open();
    const seconds = Math.ceil(timeoutMs / 1000);
    const given = await this.#setTimeout(this.#device.fd, seconds).catch((cause: unknown) => this.#giveUp(cause));
    if (given < seconds) await this.#giveUp(new HalError('unsupported', this.name, `it bites after ${given} s at most`));
    this.feed();
  }

  feed(): void {
    this.#write(kick);
  }

  async disarm(): Promise<void> {
    const device = this.#device;
    if (device === null) return;
    this.#write(goodbye);
    this.#device = null;
    await device.close();
  }

  /** Opening starts the countdown. */
  #open(): Promise<FileHandle> {
    return open(this.name, 'r+').catch((cause: unknown) => Promise.reject(halError(this.name, cause)));
  }

  async #giveUp(cause: unknown): Promise<never> {
    await this.disarm();
    throw halError(this.name, cause);
  }

  #write(bytes: Uint8Array): void {
    if (this.#device === null) return;
    try {
      writeSync(this.#device.fd, bytes);
    } catch {
      // The device is gone; whatever is left of it restarts the machine, which is what a watchdog is for.
    }
  }
}

async function setTimeoutByIoctl(fd: number, seconds: number): Promise<number> {
  const libc = await loadLibc();
  const value = Uint32Array.of(seconds);
  if (libc.ioctl(fd, setTimeoutRequest, value) < 0) throw fromErrno('WDIOC_SETTIMEOUT', 'ioctl', libc.errno());
  return value[0] ?? 0;
}
