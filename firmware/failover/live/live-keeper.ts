import type { Clock, MonotonicMs } from '../../../hal/clock.ts';
import type { FollowedCall } from '../../calls/followed-call.ts';
import { messageFactsOf } from '../../calls/followed-call.ts';
import type { Log } from '../../log.ts';
import type { FollowedRecordings } from '../../mailbox/followed-recordings.ts';
import type { RecordingCopy } from '../../mailbox/recording-copy.ts';
import type { Data } from '../../site/channel/frame.ts';
import { OnceLog } from '../homecoming/once-log.ts';
import type { Pushed, PushKind } from './live-protocol.ts';
import { readCall, recordFormat } from './live-protocol.ts';

export interface KeeperParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly recordings: Pick<FollowedRecordings, 'copy'>;
  /** Copies at most: the ports of this unit. */
  readonly most: number;
  readonly tell: (kind: PushKind, data: Data) => void;
}

/** A call of the partner, as it was last heard of. */
export interface KeptCall {
  readonly call: FollowedCall;
  /** Since it was written down. */
  readonly ageMs: number;
  readonly recording: RecordingCopy | null;
}

interface Copy {
  call: FollowedCall;
  atMs: MonotonicMs;
  recording: RecordingCopy | null;
  /** Told to be missing audio, which has not come. */
  asked: boolean;
  /** Not named since the partner began to name all of its calls. */
  stale: boolean;
}

/**
 * The standby's side: a copy of each call of the partner, its record in memory and its recording in `follow/`. They outlive the connection,
 * since its end may be the partner's; what the partner does not name when it begins anew is over.
 */
export class LiveKeeper {
  readonly #parts: KeeperParts;
  readonly #copies = new Map<string, Copy>();
  readonly #told: OnceLog;
  #refused = 0;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#told = new OnceLog(parts.log);
  }

  get count(): number {
    return this.#copies.size;
  }

  get bytes(): number {
    return [...this.#copies.values()].reduce((sum, { recording }) => sum + (recording?.bytes ?? 0), 0);
  }

  /** Records that this unit could not keep or not read. */
  get refused(): number {
    return this.#refused;
  }

  pushed(push: Pushed, body: Uint8Array): void {
    switch (push.kind) {
      case 'begin':
        for (const copy of this.#copies.values()) copy.stale = true;
        return;
      case 'began':
        for (const [id, copy] of this.#copies) if (copy.stale) this.#forget(id, copy);
        return;
      case 'call':
        return this.#record(push.data.format, push.data.call);
      case 'audio':
        return this.#audio(push.data, body);
      case 'gone': {
        const copy = this.#copies.get(push.data.id);
        return copy === undefined ? undefined : this.#forget(push.data.id, copy);
      }
    }
  }

  /** All there is, to be carried on here; nothing is kept of it. */
  take(): KeptCall[] {
    const nowMs = this.#parts.clock.monotonic();
    const taken = [...this.#copies.values()].map(({ call, atMs, recording }) => ({ call, ageMs: nowMs - atMs, recording }));
    this.#copies.clear();
    return taken;
  }

  dropAll(): void {
    for (const [id, copy] of this.#copies) this.#forget(id, copy);
  }

  #record(format: number, data: unknown): void {
    const call = format === recordFormat ? readCall(data) : null;
    if (call === null) return this.#refuse('live-unread', 'A call of the partner cannot be followed: this unit does not understand what is written down of it. Run the same version on both units.');
    const known = this.#copies.get(call.id);
    if (known === undefined && this.#copies.size >= this.#parts.most) {
      return this.#refuse('live-too-many', `Calls of the partner cannot be followed: it has more than this unit's ${this.#parts.most} ports. Give both units the same number of ports.`);
    }
    const atMs = this.#parts.clock.monotonic();
    const copy: Copy = known ?? { call, atMs, recording: null, asked: false, stale: false };
    Object.assign(copy, { call, atMs, stale: false });
    this.#copies.set(call.id, copy);
    this.#sameRecording(copy);
  }

  #sameRecording(copy: Copy): void {
    const wanted = copy.call.flow?.recording ?? null;
    if (wanted?.id === copy.recording?.facts.id) return;
    void copy.recording?.drop();
    const facts = messageFactsOf(copy.call);
    copy.recording = wanted === null || facts === null ? null : this.#parts.recordings.copy(wanted.id, facts);
    copy.asked = false;
  }

  #audio({ id, recording, offset, lost }: Extract<Pushed, { kind: 'audio' }>['data'], body: Uint8Array): void {
    const copy = this.#copies.get(id);
    const log = copy?.recording ?? null;
    if (copy === undefined || log === null || log.facts.id !== recording) return;
    if (log.error !== null) return this.#failed(copy, log);
    // A piece that came twice, after a repetition was asked for, is here already.
    if (offset + body.length <= log.bytes) return;
    if (offset === log.bytes && log.append(body, lost)) {
      copy.asked = false;
      return;
    }
    if (log.error !== null) return this.#failed(copy, log);
    if (!copy.asked) this.#parts.tell('missing', { id, from: log.bytes });
    copy.asked = true;
  }

  /** The partner tries again later, from the first byte. */
  #failed(copy: Copy, log: RecordingCopy): void {
    const { id, mailbox } = log.facts;
    this.#told.tell('live-disk', { mailbox, id }, `A recording of the partner cannot be followed, because the disk of this unit refused it: ${String(log.error?.message)}`);
    void log.drop();
    copy.recording = null;
    this.#sameRecording(copy);
    this.#parts.tell('failed', { id: copy.call.id });
  }

  #forget(id: string, copy: Copy): void {
    this.#copies.delete(id);
    void copy.recording?.drop();
  }

  #refuse(event: string, text: string): void {
    this.#refused++;
    this.#told.tell(event, null, text);
  }
}
