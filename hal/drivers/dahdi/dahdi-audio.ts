import type { Clock } from '../../clock.ts';
import { silenceCode } from '../../g711.ts';
import { type LineAudio, lineFrameSamples, type LineHappening, type LineLaw, lineQueueSamples } from '../../line.ts';
import type { DahdiChannel } from './dahdi-device.ts';
import { errnos } from './dahdi-numbers.ts';

/** What the kernel holds for us before it drops: 8 × 20 ms. It is the same number of buffers both ways; how many we fill is ours. */
export const kernelBuffers = 8;
/** Buffers read in one turn. */
const readsPerTurn = 16;
/** A writer that lets more frames go by than this had no more to say; one that goes on after fewer was late. */
const mostPassed = 5;

export interface AudioOwner {
  /** Takes the events that wait, all of them. */
  drainEvents(): void;
  /** Something is about to be sent. */
  beforeSending(): void;
  /** The kernel forgets what it holds of ours. */
  flushKernel(): void;
  tell(happening: LineHappening): void;
  /** The device is gone. */
  lose(call: string, errno: number): void;
}

/**
 * Voice of one channel. The kernel sends one sample for each that it receives, so what it still holds of ours is counted from what was
 * read: it tells it itself in no version that is in use (GET_BUFINFO gives -1).
 *
 *   ready -> events -> read all that is there -> `heard` per frame -> what was written meanwhile goes to the kernel
 *
 * A first frame goes behind a frame of silence, and each following one comes when the one before it begins: 20 ms of delay in which the
 * writer may be late. Not more than `lineQueueSamples` in all: one block written per block read would keep a queue that was once full
 * full for ever.
 */
export class DahdiAudio implements LineAudio {
  heard: LineAudio['heard'] = null;
  readonly #channel: DahdiChannel;
  readonly #clock: Clock;
  readonly #owner: AudioOwner;
  readonly #silence: Uint8Array;
  readonly #in = new Uint8Array((readsPerTurn + 1) * lineFrameSamples);
  readonly #inFrames = frames(this.#in);
  readonly #block = new Uint8Array(lineFrameSamples);
  #inBytes = 0;
  readonly #out = new Uint8Array(lineQueueSamples);
  readonly #outFrames = frames(this.#out);
  /** Frames in `#out`, the oldest at `#outFirst`. */
  #outCount = 0;
  #outFirst = 0;
  #inKernel = 0;
  #sample = 0;
  #readMs: number;
  #overran = false;
  /** Where the kernel ran dry. */
  #driedAt: number | null = null;
  /** Frames heard since something was written. */
  #passed = 0;
  #held = false;
  #open = true;

  constructor(channel: DahdiChannel, law: LineLaw, clock: Clock, owner: AudioOwner) {
    this.#channel = channel;
    this.#clock = clock;
    this.#owner = owner;
    this.#silence = new Uint8Array(lineFrameSamples).fill(silenceCode(law));
    this.#readMs = clock.monotonic();
  }

  /** Samples of the line so far. */
  get sample(): number {
    return this.#sample + this.#inBytes;
  }

  get queued(): number {
    return this.#outCount * lineFrameSamples + this.#inKernel;
  }

  write(frame: Uint8Array): boolean {
    if (this.#passed > mostPassed) this.#driedAt = null;
    this.#passed = 0;
    if (!this.#open || this.#held || this.queued + lineFrameSamples > lineQueueSamples) return false;
    this.#outFrames[(this.#outFirst + this.#outCount++) % this.#outFrames.length]?.set(frame.subarray(0, lineFrameSamples));
    return true;
  }

  flush(): void {
    if (!this.#open) return;
    this.forget();
    this.#owner.flushKernel();
  }

  /** The kernel has forgotten what waits: it does so when the port goes on-hook. */
  forget(): void {
    this.#outCount = 0;
    this.#inKernel = 0;
    this.#driedAt = null;
  }

  /** While the kernel plays digits nothing is written: it would end them. What waits in the kernel goes first. */
  hold(held: boolean): void {
    if (held) this.#outCount = 0;
    this.#held = held;
  }

  /** DAHDI_EVENT_READ_OVERRUN: the kernel had no room for what it received. */
  overran(): void {
    this.#overran = true;
  }

  /** DAHDI_EVENT_WRITE_UNDERRUN: the kernel has nothing of ours any more. It took what it had of it first, which is still to be read. */
  ranDry(): void {
    if (this.#inKernel > 0) this.#driedAt = this.sample + this.#inKernel;
    this.#inKernel = 0;
  }

  close(): void {
    this.#open = false;
  }

  /** Moves what there is, both ways. */
  pump(): void {
    const got = this.#read();
    if (!this.#open) return;
    this.#account(got);
    this.#giveFrames();
    this.#send();
  }

  #read(): number {
    let got = 0;
    for (let count = 0; count < readsPerTurn && this.#open; count++) {
      const length = this.#channel.read(this.#block);
      if (length > 0) {
        this.#in.set(length === lineFrameSamples ? this.#block : this.#block.subarray(0, length), this.#inBytes);
        this.#inBytes += length;
        got += length;
      } else if (length === -errnos.ELAST) this.#owner.drainEvents();
      else if (length === 0 || length === -errnos.EAGAIN) break;
      else this.#owner.lose('read', -length);
    }
    return got;
  }

  #account(got: number): void {
    const now = this.#clock.monotonic();
    if (this.#overran) this.#countLost(got, now - this.#readMs);
    this.#readMs = now;
    if (got < this.#inKernel || got === 0) this.#inKernel -= got;
    else if (this.#inKernel > 0) {
      // Dry exactly now is in time still: what is written in this turn follows without a gap.
      this.#driedAt = this.sample - got + this.#inKernel;
      this.#inKernel = 0;
    }
  }

  /** How much was lost the kernel does not say; the clock does, to a frame or so. The line's count goes on over it. */
  #countLost(got: number, elapsedMs: number): void {
    this.#overran = false;
    const samples = Math.max(lineFrameSamples, Math.round(elapsedMs) * 8 - got);
    this.#sample += samples;
    this.#inKernel = 0;
    this.#owner.tell({ type: 'overrun', samples });
  }

  #giveFrames(): void {
    const whole = Math.floor(this.#inBytes / lineFrameSamples);
    for (let at = 0; at < whole; at++) {
      const frame = this.#inFrames[at];
      const sample = this.#sample;
      this.#sample += lineFrameSamples;
      this.#inBytes -= lineFrameSamples;
      this.#passed++;
      if (frame !== undefined && this.#open) this.heard?.(frame, sample);
    }
    if (whole > 0 && this.#inBytes > 0) this.#in.copyWithin(0, whole * lineFrameSamples, whole * lineFrameSamples + this.#inBytes);
  }

  #send(): void {
    while (this.#outCount > 0 && this.#open && !this.#held) {
      if (this.#inKernel === 0 && !this.#begin()) return;
      const frame = this.#outFrames[this.#outFirst];
      if (frame === undefined || !this.#put(frame)) return;
      this.#outFirst = (this.#outFirst + 1) % this.#outFrames.length;
      this.#outCount--;
    }
  }

  /** The kernel has nothing: whether that was meant, and the silence that the first frame goes behind, if there is no second. */
  #begin(): boolean {
    const gap = this.#driedAt === null ? 0 : this.sample - this.#driedAt;
    this.#driedAt = null;
    if (gap > 0) this.#owner.tell({ type: 'underrun', samples: gap });
    this.#owner.beforeSending();
    return this.#outCount > 1 || this.#put(this.#silence);
  }

  #put(bytes: Uint8Array): boolean {
    let length = this.#channel.write(bytes);
    if (length === -errnos.ELAST) {
      this.#owner.drainEvents();
      if (!this.#open || this.#held) return false;
      length = this.#channel.write(bytes);
    }
    if (length > 0) this.#inKernel += length;
    else if (length !== -errnos.EAGAIN && length !== -errnos.ELAST) this.#owner.lose('write', -length);
    return length > 0;
  }
}

/** Plain arrays: `slice` of a Buffer would not copy, and whoever keeps a frame would keep ours. */
function frames(buffer: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: Math.floor(buffer.length / lineFrameSamples) }, (_, at) => buffer.subarray(at * lineFrameSamples, (at + 1) * lineFrameSamples));
}
