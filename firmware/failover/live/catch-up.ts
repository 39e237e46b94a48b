import type { Clock, Timer } from '../../../hal/clock.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Log } from '../../log.ts';
import type { FollowedRecordings } from '../../mailbox/followed-recordings.ts';
import type { RecordingTail, TailChunk } from '../../mailbox/recording-tail.ts';
import type { Sent, SentRecording } from './live-sender.ts';

export interface CatchUpParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly recordings: Pick<FollowedRecordings, 'tail'>;
  /** false: the connection takes no more for now. */
  readonly push: (sent: Sent, recording: SentRecording, chunk: TailChunk) => boolean;
  readonly caughtUp: (sent: Sent) => void;
}

/** Frames of a log that are sent at a time, and the time between: 4 s of audio each 100 ms, which is 2.6 Mbit/s. */
const framesAtOnce = 8;
const restMs = 100;

/** Sends what was missed of recordings in progress, from the store, one recording after another, until each is where its caller is. */
export class CatchUp {
  readonly #parts: CatchUpParts;
  readonly #waiting = new Set<Sent>();
  #timer: Timer | null = null;
  #tail: { readonly of: SentRecording; readonly from: number; readonly reader: RecordingTail } | null = null;
  #round = 0;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
  }

  add(sent: Sent): void {
    if (this.#waiting.has(sent)) return;
    this.#waiting.add(sent);
    this.#timer ??= this.#parts.clock.after('live-catch-up', 0, () => void this.#next());
  }

  has(sent: Sent): boolean {
    return this.#waiting.has(sent);
  }

  stop(): void {
    this.#round++;
    this.#waiting.clear();
    this.#timer?.cancel();
    this.#timer = null;
    this.#tail = null;
  }

  async #next(): Promise<void> {
    const round = this.#round;
    const [sent] = this.#waiting;
    if (sent !== undefined) await this.#some(sent, () => round === this.#round).catch((error: unknown) => this.#unread(sent, error));
    if (round !== this.#round) return;
    this.#timer = this.#waiting.size === 0 ? null : this.#parts.clock.after('live-catch-up', restMs, () => void this.#next());
  }

  async #some(sent: Sent, current: () => boolean): Promise<void> {
    const log = sent.recording;
    const reader = log === null ? null : this.#readerOf(log);
    if (log === null || reader === null) return this.#done(sent);
    const chunks = await reader.read(framesAtOnce);
    if (!current() || sent.recording !== log) return;
    for (const chunk of chunks ?? []) {
      if (chunk.offset !== log.sent || !this.#parts.push(sent, log, chunk)) {
        this.#tail = null;
        return;
      }
    }
    // In the same turn: the next chunk goes out as it comes.
    if (chunks === null || (chunks.length < framesAtOnce && log.sent >= log.total)) return this.#done(sent);
    if (this.#tail !== null) this.#tail = { ...this.#tail, from: log.sent };
  }

  /** Goes on where it is, unless the partner has asked for something earlier. */
  #readerOf(log: SentRecording): RecordingTail | null {
    if (this.#tail?.of === log && this.#tail.from === log.sent) return this.#tail.reader;
    const reader = this.#parts.recordings.tail(log.id, log.sent);
    this.#tail = reader === null ? null : { of: log, from: log.sent, reader };
    return reader;
  }

  #done(sent: Sent): void {
    this.#waiting.delete(sent);
    this.#tail = null;
    this.#parts.caughtUp(sent);
  }

  #unread(sent: Sent, error: unknown): void {
    if (!(error instanceof HalError)) throw error;
    this.#parts.log.write('warning', 'live-unreadable', `A recording in progress cannot be read for the partner, which has only its beginning until it ends: ${error.message}`, { call: sent.call.id });
    this.#done(sent);
  }
}
