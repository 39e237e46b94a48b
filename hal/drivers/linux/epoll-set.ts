import { fromErrno } from './errno.ts';
import type { Libc } from './libc.ts';
import type { Koffi } from './native.ts';
import { polled } from './polled.ts';

const EPOLL_CTL_ADD = 1;
const EPOLL_CLOEXEC = 0o2000000;
const EPOLLIN = 1;
const EPOLLPRI = 2;
/** struct epoll_event is packed on x86 only (epoll_ctl(2)). */
const packed = process.arch === 'x64' || process.arch === 'ia32';
const eventBytes = packed ? 12 : 16;
const dataAt = packed ? 4 : 8;
const wordBytes = Int32Array.BYTES_PER_ELEMENT;
/** Events taken per call of `ready`; the rest comes in the next turn, so that a flood leaves room for timers. */
const eventLimit = 512;

/** Descriptors watched together, each with a number of the caller's; Node's loop watches the set (epoll(7): a set can be polled). */
export class EpollSet {
  /** Calls of `take`, made by Node's loop or by the caller. */
  turns = 0;
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #poll: InstanceType<Koffi['node']['PollHandle']>;
  /** In words: the numbers are read out of it for every packet. */
  readonly #events = new Int32Array((eventBytes * eventLimit) / wordBytes);
  readonly #readable: (number: number) => void;
  readonly #wake: () => void;

  /** Throws too-many-open. `readable` is called for each readable descriptor with its number, in Node's turn; `woken` after each such turn. */
  constructor(koffi: Koffi, libc: Libc, readable: (number: number) => void, woken: () => void = () => undefined) {
    this.#libc = libc;
    this.#fd = libc.epoll_create1(EPOLL_CLOEXEC);
    if (this.#fd < 0) throw fromErrno('epoll', 'epoll_create1', libc.errno());
    this.#readable = readable;
    this.#wake = polled(() => {
      this.take();
      woken();
    });
    this.#poll = koffi.node.poll(this.#fd, { readable: true }, this.#wake);
  }

  /** Watches one descriptor. Throws too-many-open, no-space, and then leaves nothing open. */
  static ofOne(koffi: Koffi, libc: Libc, fd: number, readable: () => void): EpollSet {
    const set = new EpollSet(koffi, libc, readable);
    try {
      set.add(fd, 0);
      return set;
    } catch (error) {
      set.close();
      throw error;
    }
  }

  /** Closing the descriptor takes it out again. `urgent`: what the kernel tells beside the data wakes too. Throws no-space. */
  add(fd: number, number: number, { urgent = false } = {}): void {
    const event = Buffer.alloc(eventBytes);
    event.writeUInt32LE(urgent ? EPOLLIN | EPOLLPRI : EPOLLIN, 0);
    event.writeUInt32LE(number, dataAt);
    if (this.#libc.epoll_ctl(this.#fd, EPOLL_CTL_ADD, fd, event) < 0) throw fromErrno('epoll', 'epoll_ctl', this.#libc.errno());
  }

  /** Whether Node's loop wakes for it; if not, somebody calls `take`. */
  wakes(on: boolean): void {
    if (on) this.#poll.start({ readable: true }, this.#wake);
    else this.#poll.stop();
  }

  /** Serves those that are readable now, each once; answers how many. */
  take(): number {
    this.turns++;
    const count = this.#libc.epoll_wait(this.#fd, this.#events, eventLimit, 0);
    for (let at = 0; at < count; at++) this.#readable(this.#events[(at * eventBytes + dataAt) / wordBytes] ?? 0);
    return Math.max(0, count);
  }

  close(): void {
    this.#poll.close();
    this.#libc.close(this.#fd);
  }
}
