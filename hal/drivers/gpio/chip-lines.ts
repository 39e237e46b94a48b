import type { PinRequest } from '../../gpio.ts';
import { HalError } from '../../errors.ts';
import { EpollSet } from '../linux/epoll-set.ts';
import { fromErrno } from '../linux/errno.ts';
import type { Libc } from '../linux/libc.ts';
import type { Koffi } from '../linux/native.ts';
import { eventBytes, lineDescriptor, lineRequest, lineValues, mostLines, requests, valueBits } from './gpio-message.ts';

const consumer = 'understudy';
/** Edges that the kernel keeps until they are read; more are dropped, and the values say what is. */
const eventBuffer = 64;
/** Nothing to read. */
const EAGAIN = 11;

/** Lines of one chip that were requested together. */
export class ChipLines {
  readonly #koffi: Koffi;
  readonly #libc: Libc;
  readonly #place: string;
  readonly #requests: readonly PinRequest[];
  readonly #fd: number;
  readonly #edges = Buffer.alloc(eventBytes * eventBuffer);
  #watch: EpollSet | null = null;
  #outputs = 0n;
  #inputs = 0n;

  /** `chip`: descriptor of the chip, which is not needed afterwards. Throws busy, permission-denied, not-found, unsupported. */
  constructor(koffi: Koffi, libc: Libc, chip: number, place: string, lines: readonly PinRequest[]) {
    if (lines.length > mostLines) throw new HalError('unsupported', place, `at most ${mostLines} lines of one chip`);
    this.#koffi = koffi;
    this.#libc = libc;
    this.#place = place;
    this.#requests = lines;
    const request = lineRequest(consumer, lines, lines.some(({ direction }) => direction === 'in') ? eventBuffer : 0);
    if (libc.ioctl(chip, requests.getLine, asWords(request)) < 0) throw fromErrno(`${place} lines ${lines.map(({ place: { line } }) => line).join(', ')}`, 'GPIO_V2_GET_LINE', libc.errno());
    this.#fd = lineDescriptor(request);
    this.#inputs = this.#read();
  }

  /** Tells of each input that changed, in Node's turn. Throws too-many-open. */
  watch(changed: (name: string, asserted: boolean) => void, failed: (error: HalError) => void): void {
    if (!this.#requests.some(({ direction }) => direction === 'in')) return;
    this.#libc.nonBlocking(this.#fd);
    this.#watch = EpollSet.ofOne(this.#koffi, this.#libc, this.#fd, () => {
      try {
        this.#drain();
        this.#tell(changed);
      } catch (error) {
        // One that is gone stays readable for ever.
        this.#watch?.close();
        this.#watch = null;
        failed(error as HalError);
      }
    });
  }

  asserted(index: number): boolean {
    const bit = 1n << BigInt(index);
    return ((this.#requests[index]?.direction === 'out' ? this.#outputs : this.#read()) & bit) !== 0n;
  }

  /** Throws io, not-found. */
  set(index: number, asserted: boolean): void {
    const bit = 1n << BigInt(index);
    const bits = asserted ? this.#outputs | bit : this.#outputs & ~bit;
    if (this.#libc.ioctl(this.#fd, requests.setValues, asWords(lineValues(bits, bit))) < 0) throw fromErrno(this.#place, 'GPIO_V2_LINE_SET_VALUES', this.#libc.errno());
    this.#outputs = bits;
  }

  close(): void {
    this.#watch?.close();
    this.#libc.close(this.#fd);
  }

  #read(): bigint {
    const mask = this.#requests.reduce((bits, _, index) => bits | (1n << BigInt(index)), 0n);
    const values = lineValues(0n, mask);
    if (this.#libc.ioctl(this.#fd, requests.getValues, asWords(values)) < 0) throw fromErrno(this.#place, 'GPIO_V2_LINE_GET_VALUES', this.#libc.errno());
    return valueBits(values);
  }

  /** Edges only wake: what counts is how the lines are now, so that one that was dropped loses nothing. */
  #drain(): void {
    for (;;) {
      const length = this.#libc.read(this.#fd, this.#edges, this.#edges.length);
      if (length === 0) throw fromErrno(this.#place, 'read: the chip is gone', 0);
      if (length < 0 && this.#libc.errno() !== EAGAIN) throw fromErrno(this.#place, 'read', this.#libc.errno());
      if (length < this.#edges.length) return;
    }
  }

  #tell(changed: (name: string, asserted: boolean) => void): void {
    const now = this.#read();
    const moved = now ^ this.#inputs;
    this.#inputs = now;
    this.#requests.forEach(({ name, direction }, index) => {
      const bit = 1n << BigInt(index);
      if (direction === 'in' && (moved & bit) !== 0n) changed(name, (now & bit) !== 0n);
    });
  }
}

/** The same bytes, as `Libc.ioctl` takes them: `Buffer.alloc` gives memory of its own, aligned. */
export const asWords = (bytes: Buffer): Uint32Array => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
