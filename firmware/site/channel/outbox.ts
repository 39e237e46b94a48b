import type { Clock, Timer } from '../../../hal/clock.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import { maxFrameBytes } from './frame.ts';
import type { TokenBucket } from './token-bucket.ts';

/**
 * Bytes are handed to the connection in such pieces: one packet, which holds a line of 512 kbit/s for 19 ms. A whole frame of 64 KB
 * would hold it for a second, and every call on it would be heard to stutter, whatever the rate on average.
 */
export const sliceBytes = 1200;

/** Frames waiting for their turn; more are refused. */
export const maxQueuedFrames = 24;
export const maxQueuedBytes = 9 * maxFrameBytes;

/** The connection took no more bytes; it is tried again after this. */
const retryMs = 250;

/** Frames on their way out, in order, no faster than the bucket allows. */
export class Outbox {
  readonly #clock: Clock;
  readonly #connection: StreamConnection;
  readonly #bucket: TokenBucket;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #sentOfFirst = 0;
  #timer: Timer | null = null;
  #stopped = false;

  constructor(clock: Clock, connection: StreamConnection, bucket: TokenBucket) {
    this.#clock = clock;
    this.#connection = connection;
    this.#bucket = bucket;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** false = too much waits already, and the frame was not taken. */
  send(frame: Uint8Array): boolean {
    if (this.#stopped || this.#queue.length >= maxQueuedFrames || this.#queuedBytes + frame.length > maxQueuedBytes) return false;
    this.#queue.push(frame);
    this.#queuedBytes += frame.length;
    if (this.#timer === null) this.#pump();
    return true;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#queue.length = 0;
  }

  #pump(): void {
    this.#timer = null;
    for (let frame = this.#queue[0]; frame !== undefined && !this.#stopped; frame = this.#queue[0]) {
      const slice = frame.subarray(this.#sentOfFirst, this.#sentOfFirst + sliceBytes);
      const waitMs = this.#bucket.take(slice.length, this.#clock.monotonic());
      if (waitMs > 0) return this.#wait(waitMs);
      if (!this.#connection.write(slice)) return this.#wait(retryMs);
      this.#passed(frame, slice.length);
    }
  }

  #passed(frame: Uint8Array, bytes: number): void {
    this.#sentOfFirst += bytes;
    if (this.#sentOfFirst < frame.length) return;
    this.#queue.shift();
    this.#queuedBytes -= frame.length;
    this.#sentOfFirst = 0;
  }

  #wait(ms: number): void {
    this.#timer = this.#clock.after('site-outbox', ms, () => this.#pump());
  }
}
