import type { Clock, MonotonicMs, Timer } from '../../../hal/clock.ts';
import type { FollowableCall } from '../../calls/call-follower.ts';
import { followedCallLimitBytes } from '../../calls/followed-call.ts';
import type { FollowedCall } from '../../calls/followed-call.ts';
import type { Log } from '../../log.ts';
import type { FollowedRecordings } from '../../mailbox/followed-recordings.ts';
import type { Data } from '../../site/channel/frame.ts';
import { CatchUp } from './catch-up.ts';
import type { PushKind } from './live-protocol.ts';
import { idLimit, recordFormat } from './live-protocol.ts';

export interface SenderParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly recordings: Pick<FollowedRecordings, 'tail'>;
  /** false: no connection, or it takes no more for now. */
  readonly push: (kind: PushKind, data: Data, body?: Uint8Array) => boolean;
  /** Resolves when the partner has taken in all that was pushed before. Rejects when it cannot say so. */
  readonly sync: () => Promise<void>;
  readonly calls: () => Iterable<FollowableCall>;
}

/** Why the partner could not carry a call on. */
export type Unfollowed = 'unsent' | 'unfit' | 'too-large' | 'behind' | 'partner-disk';

/** What is sent of one call. */
export interface Sent {
  readonly call: FollowableCall;
  /** Its id at the partner; null: the partner has not heard of it. */
  id: string | null;
  /** The record as it was sent, but for the age of its stream. */
  text: string;
  dirty: boolean;
  why: Unfollowed | null;
  recording: SentRecording | null;
}

export interface SentRecording {
  readonly id: string;
  /** Audio bytes that the store has taken, and how many of them were sent. */
  total: number;
  sent: number;
}

/** The partner is asked this often how far it has come. */
const syncMs = 1000;
/** An answer that is out for longer: the partner has fallen behind, and its copies are old. */
const lateMs = 2000;
/** A partner whose disk refused a recording is sent it again after this. */
const diskRetryMs = 5000;
/** A connection that takes no more is tried again after this. */
const retryMs = 100;

/**
 * The serving side: of each call the newest record when it has changed, and its recording, chunk by chunk as it comes. Nothing waits in
 * memory: what the connection does not take is read again from the store when it does (`catch-up.ts`).
 */
export class LiveSender {
  readonly #parts: SenderParts;
  readonly #calls = new Map<FollowableCall, Sent>();
  readonly #catchUp: CatchUp;
  readonly #unfollowed: Record<Unfollowed, number> = { unsent: 0, unfit: 0, 'too-large': 0, behind: 0, 'partner-disk': 0 };
  readonly #gone = new Set<string>();
  #on = false;
  #flush: Timer | null = null;
  #disk: Timer | null = null;
  #ask: Timer | null = null;
  #askedMs: MonotonicMs | null = null;
  #behindTold = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#catchUp = new CatchUp({ ...parts, caughtUp: (sent) => this.#complete(sent), push: (sent, recording, chunk) => this.#piece(sent, recording, chunk.offset, chunk.bytes, chunk.lostPackets) });
  }

  /** The partner wants to hear of all calls, from now on. */
  start(): void {
    this.stop();
    this.#on = true;
    this.#parts.push('begin', {});
    for (const call of this.#parts.calls()) this.#send(this.#entry(call));
    this.#parts.push('began', {});
    this.#askLater();
  }

  stop(): void {
    this.#on = false;
    this.#flush?.cancel();
    this.#flush = null;
    this.#disk?.cancel();
    this.#disk = null;
    this.#ask?.cancel();
    this.#askedMs = null;
    this.#calls.clear();
    this.#gone.clear();
    this.#catchUp.stop();
  }

  changed(call: FollowableCall): void {
    if (!this.#on) return;
    this.#entry(call).dirty = true;
    this.#flushIn(0);
  }

  audio(call: FollowableCall, recording: string, offset: number, bytes: Uint8Array, lostPackets: number): void {
    if (!this.#on) return;
    const sent = this.#entry(call);
    if (sent.dirty || sent.recording?.id !== recording) this.#send(sent);
    const log = sent.recording;
    if (log === null || log.id !== recording) return;
    log.total = offset + bytes.length;
    if (sent.why === 'partner-disk') return;
    if (log.sent === offset && this.#piece(sent, log, offset, bytes, lostPackets)) return;
    this.#lost(sent, 'behind');
  }

  ended(call: FollowableCall): void {
    const sent = this.#calls.get(call);
    if (sent === undefined) return;
    this.#calls.delete(call);
    this.#over(sent.id);
  }

  /** The partner has `from` bytes of the recording, and needs what follows. */
  missing(id: string, from: number): void {
    const sent = this.find(id);
    if (sent?.recording === null || sent === null) return;
    sent.recording.sent = Math.min(from, sent.recording.sent);
    this.#lost(sent, 'behind');
  }

  /** The partner's disk refused the recording. */
  failed(id: string): void {
    const sent = this.find(id);
    if (sent?.recording === null || sent === null) return;
    sent.recording.sent = 0;
    this.#why(sent, 'partner-disk');
    this.#disk ??= this.#parts.clock.after('live-disk', diskRetryMs, () => {
      this.#disk = null;
      for (const other of this.#calls.values()) if (other.why === 'partner-disk') this.#lost(other, 'behind');
    });
  }

  /** By what the partner knows it; null: the partner has not heard of it. */
  idOf(call: FollowableCall): string | null {
    return this.#calls.get(call)?.id ?? null;
  }

  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  /** The partner has taken it: nothing more is said of it. */
  forget(call: FollowableCall): void {
    this.#calls.delete(call);
  }

  find(id: string): Sent | null {
    return [...this.#calls.values()].find((sent) => sent.id === id) ?? null;
  }

  /** Sends what is known now of every call, its stream and its audio fresh from the media thread, and resolves when the partner has it. Rejects when it cannot say so. */
  async freshen(): Promise<void> {
    await Promise.all([...this.#calls.keys()].map((call) => call.freshen()));
    for (const sent of this.#calls.values()) this.#send(sent);
    await this.#parts.sync();
  }

  /** The partner could carry it on, as far as this unit can know. */
  follows(call: FollowableCall): boolean {
    const sent = this.#calls.get(call);
    return this.#on && sent !== undefined && sent.id !== null && sent.why === null && this.lagMs < lateMs;
  }

  /** Since the partner was asked how far it has come, when it has not answered yet. */
  get lagMs(): number {
    return this.#askedMs === null ? 0 : this.#parts.clock.monotonic() - this.#askedMs;
  }

  /** Audio that the store has and the partner was not sent. */
  get behindBytes(): number {
    return [...this.#calls.values()].reduce((sum, { recording }) => sum + (recording === null ? 0 : recording.total - recording.sent), 0);
  }

  /** How often calls were, for a time, not followed, by reason. */
  get unfollowed(): Readonly<Record<Unfollowed, number>> {
    return this.#unfollowed;
  }

  #entry(call: FollowableCall): Sent {
    const known = this.#calls.get(call);
    if (known !== undefined) return known;
    const sent: Sent = { call, id: null, text: '', dirty: true, why: 'unsent', recording: null };
    this.#calls.set(call, sent);
    return sent;
  }

  #send(sent: Sent): void {
    const record = sent.call.record();
    sent.dirty = false;
    if (record === null) return this.#withdraw(sent, 'unfit');
    if (JSON.stringify(record).length > followedCallLimitBytes || record.id.length > idLimit) return this.#withdraw(sent, 'too-large');
    const text = JSON.stringify({ ...record, media: { ...record.media, streamAgeMs: 0 } });
    if (text === sent.text) return;
    if (!this.#parts.push('call', { format: recordFormat, call: record })) {
      sent.dirty = true;
      this.#why(sent, 'behind');
      return this.#flushIn(retryMs);
    }
    sent.id = record.id;
    sent.text = text;
    this.#recording(sent, record);
    this.#complete(sent);
  }

  #complete(sent: Sent): void {
    const { id, recording } = sent;
    if (id !== null && sent.why !== 'partner-disk' && (recording === null || (recording.sent === recording.total && !this.#catchUp.has(sent)))) this.#why(sent, null);
  }

  /** Its recording is sent from the first byte, whatever of it went by before. */
  #recording(sent: Sent, { flow }: FollowedCall): void {
    const id = flow?.recording?.id ?? null;
    if (sent.recording?.id === id || (sent.recording === null && id === null)) return;
    sent.recording = id === null ? null : { id, total: sent.call.recordedBytes, sent: 0 };
    if (id !== null) this.#catchUp.add(sent);
  }

  #piece(sent: Sent, log: SentRecording, offset: number, bytes: Uint8Array, lostPackets: number): boolean {
    if (sent.id === null || !this.#parts.push('audio', { id: sent.id, recording: log.id, offset, lost: lostPackets }, bytes)) return false;
    log.sent = offset + bytes.length;
    log.total = Math.max(log.total, log.sent);
    this.#complete(sent);
    return true;
  }

  #withdraw(sent: Sent, why: Unfollowed): void {
    this.#over(sent.id);
    sent.id = null;
    sent.text = '';
    sent.recording = null;
    this.#why(sent, why);
  }

  /** Said again until the connection takes it: the partner would carry on a call that is over. */
  #over(id: string | null): void {
    if (id === null || this.#parts.push('gone', { id })) return;
    this.#gone.add(id);
    this.#flushIn(retryMs);
  }

  #lost(sent: Sent, why: Unfollowed): void {
    if (why === 'behind' && sent.why === null) this.#behind();
    this.#why(sent, why);
    this.#catchUp.add(sent);
  }

  #why(sent: Sent, why: Unfollowed | null): void {
    if (sent.why === why) return;
    if (why !== null && why !== 'unsent') this.#unfollowed[why]++;
    if (why === 'too-large') this.#parts.log.write('warning', 'call-not-followed', `Call ${sent.call.id} would not go on at the partner: what is written down of it has more than ${followedCallLimitBytes} bytes.`, { call: sent.call.id });
    sent.why = why;
  }

  /** Told once, until all are followed again. */
  #behind(): void {
    if (this.#behindTold) return;
    this.#behindTold = true;
    this.#parts.log.write('warning', 'calls-behind', 'The partner does not take the audio of recordings in progress as fast as it comes; until it has caught up, these calls would not go on there. See that the line between the units carries 64 kbit/s for each recording.');
  }

  #flushIn(ms: number): void {
    if (this.#flush !== null) return;
    this.#flush = this.#parts.clock.after('live-flush', ms, () => {
      this.#flush = null;
      for (const id of [...this.#gone]) if (this.#gone.delete(id)) this.#over(id);
      for (const sent of this.#calls.values()) if (sent.dirty) this.#send(sent);
    });
  }

  #askLater(): void {
    this.#ask?.cancel();
    this.#ask = this.#parts.clock.after('live-sync', syncMs, () => {
      if (this.#calls.size === 0) return this.#askLater();
      this.#askedMs = this.#parts.clock.monotonic();
      const again = (): void => {
        if (!this.#on) return;
        if (this.#behindTold && this.behindBytes === 0) this.#behindTold = false;
        this.#askedMs = null;
        this.#askLater();
      };
      this.#parts.sync().then(again, again);
    });
  }
}
