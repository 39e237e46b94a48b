// The modem's end of a pseudo-terminal. The host's end is /dev/pts/N, which any program can open as a serial port.
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { type Libc, loadLibc } from '../../../hal/drivers/linux/libc.ts';
import type { ModemWire } from './modem-wire.ts';

const TIOCGPTN = 0x8004_5430;
const TIOCSPTLCK = 0x4004_5431;
const TCGETS = 0x5401;
const TCSETS = 0x5402;
const CS8_CREAD_CLOCAL = 0o60 | 0o200 | 0o4000;
const rateBits = 0o10017;

export class PtyWire implements ModemWire {
  /** Where the host finds the modem. */
  readonly device: string;
  readonly #fd: number;
  readonly #in = Buffer.alloc(4096);
  #open = true;

  static async open(): Promise<PtyWire> {
    return new PtyWire(await loadLibc());
  }

  private constructor(libc: Libc) {
    this.#fd = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    const number = new Uint32Array(1);
    ask(libc, this.#fd, TIOCSPTLCK, new Uint32Array(1));
    ask(libc, this.#fd, TIOCGPTN, number);
    this.device = `/dev/pts/${number[0]}`;
    makeRaw(libc, this.#fd);
  }

  read(limit: number): Uint8Array | null {
    try {
      return this.#in.subarray(0, limit <= 0 || !this.#open ? 0 : readSync(this.#fd, this.#in, 0, Math.min(limit, this.#in.length), null));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EIO') return null;
      return nothingNow(error, this.#in.subarray(0, 0));
    }
  }

  write(bytes: Uint8Array): number {
    try {
      return this.#open && bytes.length > 0 ? writeSync(this.#fd, bytes) : 0;
    } catch (error) {
      return nothingNow(error, 0);
    }
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#fd);
  }
}

/** Bytes pass as they are, and nothing is echoed, even before the host has set the port. */
function makeRaw(libc: Libc, fd: number): void {
  const termios = new Uint32Array(16);
  ask(libc, fd, TCGETS, termios);
  termios[0] = 0;
  termios[1] = 0;
  termios[2] = ((termios[2] ?? 0) & rateBits) | CS8_CREAD_CLOCAL;
  termios[3] = 0;
  ask(libc, fd, TCSETS, termios);
}

function ask(libc: Libc, fd: number, request: number, argument: Uint32Array): void {
  if (libc.ioctl(fd, request, argument) < 0) throw new Error(`ioctl 0x${request.toString(16)} of a pseudo-terminal: errno ${libc.errno()}`);
}

function nothingNow<T>(error: unknown, nothing: T): T {
  if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return nothing;
  throw error;
}
