import { readSync, writeSync } from 'node:fs';
import type { Clock, Timer } from '../../clock.ts';
import { HalError, type HalErrorId } from '../../errors.ts';
import { type ModemLines, type SerialPort, type SerialPorts, serialQueueBytes, type SerialSettings } from '../../serial.ts';
import { EpollSet } from './epoll-set.ts';
import { halError } from './errno.ts';
import { loadLibc } from './libc.ts';
import { BreakMarks, markBreaks } from './break-marks.ts';
import { loadKoffi } from './native.ts';

/** What is used of the addon; its own types say `Function`. */
interface Termios {
  /** Resolves to the descriptor: not blocking, locked (flock) where `lock` says so. */
  asyncOpen(device: string, settings: object): Promise<number>;
  asyncUpdate(fd: number, settings: { readonly baudRate: number }): Promise<void>;
  asyncSet(fd: number, lines: { readonly brk: boolean }): Promise<void>;
  asyncGet(fd: number): Promise<{ readonly dsr: boolean; readonly dcd: boolean }>;
  /** Drops what waits in the driver. */
  asyncFlush(fd: number): Promise<void>;
  asyncClose(fd: number): Promise<void>;
}

/** The addon gives the C library's sentences without their numbers. */
const meanings: readonly (readonly [RegExp, HalErrorId])[] = [
  [/no such file|no such device/i, 'not-found'],
  [/permission denied|operation not permitted/i, 'permission-denied'],
  [/lock port|resource busy/i, 'busy'],
  [/inappropriate ioctl|invalid argument|custom baud|not a tty/i, 'unsupported'],
  [/bad file descriptor/i, 'closed'],
];

/** A line that takes nothing is tried again after so long. */
const writeRetryMs = 5;
/** Reads in one turn; the rest wakes again. */
const readsPerTurn = 8;

/**
 * Serial devices. The package `serialport` opens, locks and sets them; bytes go by our own epoll, because the package's poller belongs
 * to the main thread whatever thread it is made in (from the media thread it ends the process), and is deaf from Node 26.4 on.
 */
export class LinuxSerialPorts implements SerialPorts {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async open(device: string, { baud, dataBits, parity, stopBits, flow, breaks = false }: SerialSettings): Promise<SerialPort> {
    const [termios, koffi, libc] = [await loadTermios(), await loadKoffi(), await loadLibc()];
    const settings = { path: device, baudRate: baud, dataBits, parity, stopBits, rtscts: flow === 'hardware', xon: false, xoff: false, xany: false, hupcl: true, vmin: 1, vtime: 0, lock: true };
    const fd = await asked(device, termios.asyncOpen(device, settings));
    try {
      if (breaks) markBreaks(libc, fd, device);
      const port = new LinuxSerialPort(this.#clock, device, fd, termios, breaks ? new BreakMarks() : null);
      port.watch(EpollSet.ofOne(koffi, libc, fd, () => port.readable()));
      return port;
    } catch (error) {
      await termios.asyncClose(fd);
      throw error;
    }
  }
}

class LinuxSerialPort implements SerialPort {
  received: ((bytes: Uint8Array) => void) | null = null;
  closed: ((error: HalError) => void) | null = null;
  broke: (() => void) | null = null;
  readonly #clock: Clock;
  readonly #device: string;
  readonly #fd: number;
  readonly #termios: Termios;
  /** A plain array: `slice` of a Buffer does not copy, and whoever keeps what came would keep ours. */
  readonly #in = new Uint8Array(4096);
  #set: EpollSet | null = null;
  #waiting = Buffer.alloc(0);
  #retry: Timer | null = null;
  #open = true;
  readonly #marks: BreakMarks | null;

  constructor(clock: Clock, device: string, fd: number, termios: Termios, marks: BreakMarks | null) {
    this.#marks = marks;
    this.#clock = clock;
    this.#device = device;
    this.#fd = fd;
    this.#termios = termios;
  }

  watch(set: EpollSet): void {
    this.#set = set;
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#open || this.#waiting.length + bytes.length > serialQueueBytes) return false;
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    // Later, so that a line that is gone does not call back from here.
    this.#retry ??= this.#clock.after('serial write', 0, () => this.#flush());
    return true;
  }

  async setBaud(baud: number): Promise<void> {
    await asked(this.#device, this.#termios.asyncUpdate(this.#openFd(), { baudRate: baud }));
  }

  async modemLines(): Promise<ModemLines> {
    const { dsr, dcd } = await asked(this.#device, this.#termios.asyncGet(this.#openFd()));
    return { dsr, dcd };
  }

  async sendBreak(ms: number): Promise<void> {
    await asked(this.#device, this.#termios.asyncSet(this.#openFd(), { brk: true }));
    await new Promise<void>((resolve) => void this.#clock.after('serial break', ms, resolve));
    await asked(this.#device, this.#termios.asyncSet(this.#openFd(), { brk: false }));
  }

  close(): Promise<void> {
    return this.#end();
  }

  readable(): void {
    for (let count = 0; count < readsPerTurn && this.#open; count++) {
      try {
        const length = readSync(this.#fd, this.#in, 0, this.#in.length, null);
        if (length === 0) return this.#lose('hung up');
        this.#heard(this.#in.subarray(0, length));
        if (length < this.#in.length) return;
      } catch (error) {
        return this.#failed(error);
      }
    }
  }

  #heard(bytes: Uint8Array): void {
    if (this.#marks === null) return void this.received?.(bytes);
    const length = this.#marks.unmark(bytes);
    if (length > 0) this.received?.(bytes.subarray(0, length));
    if (this.#marks.takeBroke() && this.#open) this.broke?.();
  }

  #flush(): void {
    this.#retry = null;
    try {
      while (this.#open && this.#waiting.length > 0) this.#waiting = this.#waiting.subarray(writeSync(this.#fd, this.#waiting));
    } catch (error) {
      this.#failed(error);
      if (this.#open) this.#retry = this.#clock.after('serial write', writeRetryMs, () => this.#flush());
    }
  }

  #failed(error: unknown): void {
    if (halError(this.#device, error).id !== 'busy') this.#lose(error instanceof Error ? error.message : String(error), error);
  }

  #lose(text: string, cause?: unknown): void {
    if (!this.#open) return;
    void this.#end();
    this.closed?.(new HalError('connection-lost', this.#device, text, cause));
  }

  #openFd(): number {
    if (!this.#open) throw new HalError('closed', this.#device, 'the port is closed');
    return this.#fd;
  }

  /** What still waits in the driver would keep the device busy until the line takes it. */
  async #end(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#retry?.cancel();
    this.#set?.close();
    await this.#termios.asyncFlush(this.#fd).catch(() => undefined);
    await this.#termios.asyncClose(this.#fd).catch(() => undefined);
  }
}

async function asked<T>(device: string, answer: Promise<T>): Promise<T> {
  return answer.catch((error: Error) => {
    const id = meanings.find(([pattern]) => pattern.test(error.message))?.[1] ?? 'io';
    throw new HalError(id, device, error.message, error);
  });
}

/** Loaded on first use, so that a machine without the addon loses its serial lines and nothing else. */
function loadTermios(): Promise<Termios> {
  return import('@serialport/bindings-cpp/dist/load-bindings.js').then(
    (bindings) => bindings as unknown as Termios,
    (cause: unknown) => Promise.reject(new HalError('unsupported', 'serialport', cause instanceof Error ? cause.message : String(cause), cause)),
  );
}
