import type { Clock, MonotonicMs, Timer } from '../../../hal/clock.ts';
import type { HalError } from '../../../hal/errors.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import { ChannelError } from './channel-error.ts';
import type { Data, Frame, Head } from './frame.ts';
import { encodeFrame, FrameReader, noBody } from './frame.ts';
import { Outbox } from './outbox.ts';
import type { TokenBucket } from './token-bucket.ts';

/** Versions of the protocol that this program speaks. */
export const protocolVersions = { min: 1, max: 1 };

/** Requests under way, each direction. Who asks more is refused here, and cut off there. */
export const maxOutstanding = 8;
/** Deadlines are looked at this often, so each may come so much late. */
export const tickMs = 5000;
export const helloLimitMs = 10_000;
/** A frame of 64 KB takes 17 s at the slowest rate that can be set, 32 kbit/s. */
export const frameLimitMs = 45_000;
export const askLimitMs = 90_000;
/** A sign of life is given after this much silence of ours, and expected within the other. */
export const pingAfterMs = 15_000;
export const silenceLimitMs = 60_000;

export interface Peer {
  readonly site: string;
  readonly unit: string;
  /** The version both speak. */
  readonly version: number;
}

export interface Answer {
  readonly data: Data;
  readonly body: Uint8Array;
}

export interface ChannelParts {
  readonly clock: Clock;
  readonly connection: StreamConnection;
  readonly bucket: TokenBucket;
  readonly site: string;
  readonly unit: string;
  /** Answers a request; a ChannelError `refused` becomes a no with its code, anything else a no with 'internal'. */
  readonly answer: (kind: string, data: Data) => Promise<Answer>;
  readonly pushed: (kind: string, data: Data, body: Uint8Array) => void;
  /** The other end has said hello, and the two can talk. */
  readonly ready: (peer: Peer) => void;
  /** Once, and last; never from inside `close`. */
  readonly ended: (error: ChannelError) => void;
}

interface Asked {
  readonly deadlineMs: number;
  resolve(answer: Answer): void;
  reject(error: ChannelError): void;
}

/**
 * Requests, answers and pushes, both ways, over one connection. Both ends send hello first; nothing else counts before it.
 *
 *   ask 7 blob {...}  ->            push head {...}  ->
 *                     <- answer 7 {...} + bytes, or fail 7 code
 *
 * What is not understood ends the connection: after a wrong byte nothing behind it can be trusted.
 */
export class Channel {
  readonly #parts: ChannelParts;
  readonly #outbox: Outbox;
  readonly #reader = new FrameReader();
  readonly #asked = new Map<number, Asked>();
  readonly #beganMs: MonotonicMs;
  #answering = 0;
  #nextId = 0;
  #peer: Peer | null = null;
  #heardMs: MonotonicMs;
  #saidMs: MonotonicMs;
  #partialSinceMs: MonotonicMs | null = null;
  #timer: Timer;
  #ended = false;

  constructor(parts: ChannelParts) {
    const { clock, connection, bucket, site, unit } = parts;
    this.#parts = parts;
    this.#beganMs = this.#heardMs = this.#saidMs = clock.monotonic();
    this.#outbox = new Outbox(clock, connection, bucket);
    connection.received = (bytes) => this.#received(bytes);
    connection.closed = (error) => this.#end(lossOf(error));
    this.#timer = clock.after('site-channel', tickMs, () => this.#tick());
    this.#send({ type: 'hello', ...protocolVersions, site, unit });
  }

  /** null before its hello. */
  get peer(): Peer | null {
    return this.#peer;
  }

  /** Errors: ChannelError of any kind; `refused` when the other end said no. */
  ask(kind: string, data: Data): Promise<Answer> {
    if (this.#ended || this.#peer === null) return Promise.reject(new ChannelError('closed', 'there is no connection'));
    if (this.#asked.size >= maxOutstanding) return Promise.reject(new ChannelError('busy', `${maxOutstanding} requests are under way`));
    const id = this.#nextId;
    this.#nextId = (id + 1) >>> 0;
    return new Promise((resolve, reject) => {
      if (!this.#send({ type: 'ask', id, kind, data: { ...data } })) return reject(new ChannelError('busy', 'too much waits to be sent'));
      this.#asked.set(id, { resolve, reject, deadlineMs: this.#parts.clock.monotonic() + askLimitMs });
    });
  }

  /** false = not sent: no connection, or too much waits. */
  push(kind: string, data: Data, body: Uint8Array = noBody): boolean {
    return this.#peer !== null && this.#send({ type: 'push', kind, data: { ...data } }, body);
  }

  close(): void {
    this.#end(new ChannelError('closed', 'closed on this side'));
  }

  #received(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#heardMs = this.#parts.clock.monotonic();
    try {
      for (const frame of this.#reader.take(bytes)) this.#frame(frame);
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      this.#end(error);
    }
    // A frame that only trickles counts from its first byte; a new one begun in the same breath counts from now.
    if (!this.#reader.partial) this.#partialSinceMs = null;
    else this.#partialSinceMs ??= this.#heardMs;
  }

  #frame(frame: Frame): void {
    this.#partialSinceMs = null;
    const { head, body } = frame;
    if (this.#ended) return;
    if (head.type === 'hello') return this.#hello(head);
    if (this.#peer === null) throw new ChannelError('unexpected', `${head.type} before hello`);
    switch (head.type) {
      case 'ask':
        return this.#answer(head);
      case 'answer':
        return this.#take(head.id)?.resolve({ data: head.data, body });
      case 'fail':
        return this.#take(head.id)?.reject(new ChannelError('refused', head.text, head.code));
      case 'push':
        return void Promise.resolve().then(() => this.#ended || this.#parts.pushed(head.kind, head.data, body));
      case 'ping':
        return void this.#send({ type: 'pong' });
      case 'pong':
        return;
    }
  }

  #hello({ min, max, site, unit }: Extract<Head, { type: 'hello' }>): void {
    if (this.#peer !== null) throw new ChannelError('unexpected', 'a second hello');
    const version = Math.min(max, protocolVersions.max);
    if (version < Math.max(min, protocolVersions.min)) throw new ChannelError('version', `the partner speaks versions ${min} to ${max}, this unit ${protocolVersions.min} to ${protocolVersions.max}`);
    if (site !== this.#parts.site) throw new ChannelError('foreign', `the other end belongs to site ${site}`);
    if (unit === this.#parts.unit) throw new ChannelError('foreign', 'the other end is this unit itself');
    const peer = { site, unit, version };
    this.#peer = peer;
    void Promise.resolve().then(() => this.#ended || this.#parts.ready(peer));
  }

  #answer({ id, kind, data }: Extract<Head, { type: 'ask' }>): void {
    if (this.#answering >= maxOutstanding) throw new ChannelError('unexpected', `more than ${maxOutstanding} requests at once`);
    this.#answering++;
    void Promise.resolve()
      .then(() => this.#parts.answer(kind, data))
      .then((answer) => this.#send({ type: 'answer', id, data: { ...answer.data } }, answer.body))
      .catch((error: unknown) => this.#send({ type: 'fail', id, ...whyNot(error) }))
      .finally(() => this.#answering--);
  }

  #take(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  #send(head: Head, body: Uint8Array = noBody): boolean {
    if (this.#ended) return false;
    this.#saidMs = this.#parts.clock.monotonic();
    return this.#outbox.send(encodeFrame(head, body));
  }

  #tick(): void {
    const now = this.#parts.clock.monotonic();
    if (this.#peer === null && now - this.#beganMs >= helloLimitMs) return this.#end(new ChannelError('timed-out', 'the other end did not say who it is'));
    if (now - this.#heardMs >= silenceLimitMs) return this.#end(new ChannelError('timed-out', `nothing was heard for ${silenceLimitMs / 1000} s`));
    if (this.#partialSinceMs !== null && now - this.#partialSinceMs >= frameLimitMs) return this.#end(new ChannelError('stalled', 'a frame was not ended in time'));
    for (const [id, { deadlineMs }] of [...this.#asked]) if (now >= deadlineMs) this.#take(id)?.reject(new ChannelError('timed-out', 'no answer'));
    if (now - this.#saidMs >= pingAfterMs && this.#outbox.isEmpty) this.#send({ type: 'ping' });
    this.#timer = this.#parts.clock.after('site-channel', tickMs, () => this.#tick());
  }

  #end(error: ChannelError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer.cancel();
    this.#outbox.stop();
    this.#parts.connection.close();
    for (const id of [...this.#asked.keys()]) this.#take(id)?.reject(error);
    void Promise.resolve().then(() => this.#parts.ended(error));
  }
}

const lossOf = (error: HalError | null): ChannelError => (error === null ? new ChannelError('closed', 'closed by the other end') : new ChannelError('lost', error.message));

function whyNot(error: unknown): { code: string; text: string } {
  if (error instanceof ChannelError && error.id === 'refused') return { code: error.code, text: error.message.slice(0, 512) };
  return { code: 'internal', text: (error instanceof Error ? error.message : String(error)).slice(0, 512) };
}
