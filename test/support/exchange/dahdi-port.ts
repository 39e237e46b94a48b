// One channel of DAHDI as the exchange or the telephone has it, by system calls of its own.
import { closeSync, constants, openSync } from 'node:fs';
import koffi from 'koffi';
import { errno, event, hook, request } from './dahdi-words.ts';

const libc = koffi.load('libc.so.6');
const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)') as (fd: number, request: number, argument: Uint8Array) => number;
const read = libc.func('intptr_t read(int fd, void *bytes, size_t length)') as (fd: number, bytes: Uint8Array, length: number) => number;
const write = libc.func('intptr_t write(int fd, const void *bytes, size_t length)') as (fd: number, bytes: Uint8Array, length: number) => number;

const blockSamples = 160;
/** 320 ms: so long may the program stand still, which a compiler of JavaScript at work makes it do in a slow guest. */
const buffers = 16;
/** EBUSY while a battery drop or its guard time lasts: 800 ms, and as much again. */
const hookTries = 320;

/** Fills a block with mu-law samples; false: it was the last. */
export type Sound = (block: Uint8Array) => boolean;

function ints(...values: number[]): Uint8Array {
  return new Uint8Array(new Int32Array(values).buffer);
}

export class DahdiPort {
  readonly channel: number;
  /** Called with each event of the kernel, but for those that are of no interest to anybody. */
  happened: (event: number) => void = () => undefined;
  /** Called with what the other end sends; the block is valid only during the call. */
  heard: (block: Uint8Array) => void = () => undefined;
  /** Samples that came since it was opened: the clock of a test. */
  received = 0;
  readonly #fd: number;
  readonly #in = new Uint8Array(blockSamples);
  readonly #out = new Uint8Array(blockSamples);
  readonly #event = new Int32Array(1);
  readonly #eventBytes = new Uint8Array(this.#event.buffer);
  #sound: Sound | null = null;
  #filled = false;
  #wanted: number | null = null;
  #tries = 0;

  constructor(channel: number) {
    this.channel = channel;
    this.#fd = openSync('/dev/dahdi/channel', constants.O_RDWR | constants.O_NONBLOCK);
    this.ask('SPECIFY', ints(channel));
    this.ask('SET_BUFINFO', ints(0, 0, buffers, blockSamples, 0, 0));
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** What is to be sent from now on; what waits of the last sound is not sent. null: nothing is written, so that the kernel may sound. */
  play(sound: Sound | null): void {
    this.#sound = sound;
    this.#filled = false;
    this.ask('FLUSH', ints(2));
  }

  get playing(): boolean {
    return this.#sound !== null || this.#filled;
  }

  /** One of `hook`. While the line is in its guard time it is asked again at each `pump`. */
  hook(state: number): void {
    this.#wanted = state;
    this.#tries = hookTries;
    this.#hookNow();
  }

  /** Errors: the kernel refuses, but for "comes later". */
  ask(name: keyof typeof request, argument: Uint8Array): void {
    const refusal = this.#ioctl(request[name], argument);
    if (refusal !== 0 && refusal !== errno.EINPROGRESS) throw new Error(`channel ${this.channel}: ${name} gives errno ${refusal}`);
  }

  askNumber(name: keyof typeof request, ...values: number[]): void {
    this.ask(name, ints(...values));
  }

  /** struct dahdi_dialoperation. `T`: tones, `P`: pulses. */
  dial(digits: string): void {
    const operation = new Uint8Array(260);
    operation.set(ints(2));
    operation.set(Buffer.from(digits, 'latin1'), 4);
    this.ask('DIAL', operation);
  }

  /** Everything that waits: events, what came, room for what goes. */
  pump(): void {
    if (this.#wanted !== null) this.#hookNow();
    this.#events();
    this.#read();
    this.#write();
  }

  #hookNow(): void {
    const refusal = this.#ioctl(request.HOOK, ints(this.#wanted ?? hook.onHook));
    if (refusal === errno.EBUSY && this.#tries-- > 0) return;
    this.#wanted = null;
    if (refusal !== 0 && refusal !== errno.EINPROGRESS) throw new Error(`channel ${this.channel}: HOOK gives errno ${refusal}`);
  }

  #ioctl(number: number, argument: Uint8Array): number {
    return ioctl(this.#fd, number, argument) < 0 ? koffi.errno() : 0;
  }

  #events(): void {
    while (this.#ioctl(request.GETEVENT, this.#eventBytes) === 0) {
      const what = this.#event[0] ?? event.none;
      if (what === event.none) return;
      this.happened(what);
    }
  }

  #read(): void {
    for (;;) {
      const length = read(this.#fd, this.#in, blockSamples);
      if (length > 0) {
        this.received += length;
        this.heard(length === blockSamples ? this.#in : this.#in.subarray(0, length));
      } else if (!this.#eventWaits()) return;
    }
  }

  #write(): void {
    for (;;) {
      if (!this.#filled) {
        if (this.#sound === null) return;
        if (!this.#sound(this.#out)) this.#sound = null; // the last block is still to be written
        this.#filled = true;
      }
      if (write(this.#fd, this.#out, blockSamples) === blockSamples) this.#filled = false;
      else if (!this.#eventWaits()) return;
    }
  }

  /** After a read or write that did nothing. */
  #eventWaits(): boolean {
    const waits = koffi.errno() === errno.ELAST;
    if (waits) this.#events();
    return waits;
  }
}
