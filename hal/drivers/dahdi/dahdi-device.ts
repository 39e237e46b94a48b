import { closeSync, constants, openSync } from 'node:fs';
import { EpollSet } from '../linux/epoll-set.ts';
import { halError } from '../linux/errno.ts';
import { loadLibc, type Libc } from '../linux/libc.ts';
import { loadKoffi, type Koffi } from '../linux/native.ts';
import { errnos } from './dahdi-numbers.ts';

/** One open channel device. Nothing here waits. */
export interface DahdiChannel {
  /** `argument` is read and written in place. 0, or the errno. */
  ioctl(request: number, argument: Uint8Array): number;
  /** One buffer of the kernel's into the beginning of `bytes`. Their number, or the errno as a negative number. */
  read(bytes: Uint8Array): number;
  /** As one buffer of the kernel's. */
  write(bytes: Uint8Array): number;
  /** `ready` is called from now on. After DAHDI_SPECIFY: the common device has nothing to watch before it is a channel. Errors: no-space. */
  watch(): void;
  close(): void;
}

export interface DahdiDevices {
  /** `ready`, once it is watched: there is something to read, or an event, or the device is gone; told again until it is taken. Errors: not-found, busy, permission-denied, too-many-open, unsupported. */
  open(path: string, ready: () => void): Promise<DahdiChannel>;
}

/** The kernel's devices. All channels are watched by one epoll set, which is open while a channel is. */
export class LinuxDahdiDevices implements DahdiDevices {
  readonly #ready = new Map<number, () => void>();
  /** A thread that dies of an error must close its own descriptors, or its successor finds the lines busy. */
  readonly #threadEnds = (): void => this.#closeAll();
  #set: EpollSet | null = null;

  async open(path: string, ready: () => void): Promise<DahdiChannel> {
    const [koffi, libc] = [await loadKoffi(), await loadLibc()];
    const fd = openDevice(path);
    this.#ready.set(fd, ready);
    return { ...calls(libc, fd), watch: () => this.#watch(koffi, libc, fd), close: () => this.#close(fd) };
  }

  #watch(koffi: Koffi, libc: Libc, fd: number): void {
    if (this.#set === null) {
      this.#set = new EpollSet(koffi, libc, (number) => this.#ready.get(number)?.());
      process.on('exit', this.#threadEnds);
    }
    this.#set.add(fd, fd, { urgent: true });
  }

  #close(fd: number): void {
    if (!this.#ready.has(fd)) return;
    this.#forget(fd);
    closeSync(fd);
  }

  #forget(fd: number): void {
    this.#ready.delete(fd);
    if (this.#ready.size > 0) return;
    process.off('exit', this.#threadEnds);
    this.#set?.close();
    this.#set = null;
  }

  #closeAll(): void {
    for (const fd of [...this.#ready.keys()]) this.#close(fd);
  }
}

function openDevice(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  } catch (cause) {
    throw halError(path, cause);
  }
}

function calls(libc: Libc, fd: number): Omit<DahdiChannel, 'close' | 'watch'> {
  const length = (result: number): number => (result >= 0 ? result : -libc.errno());
  return {
    ioctl: (request, argument) => (libc.ioctl(fd, request, argument) >= 0 ? 0 : libc.errno()),
    read: (bytes) => length(libc.read(fd, bytes, bytes.length)),
    write: (bytes) => length(libc.write(fd, bytes, bytes.length)),
  };
}

/** The card was pulled, its driver removed, or the descriptor was closed under us. */
export function isGone(errno: number): boolean {
  return errno === errnos.ENODEV || errno === errnos.ENXIO || errno === errnos.EBADF;
}
