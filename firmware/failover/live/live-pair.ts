import type { Clock, Timer } from '../../../hal/clock.ts';
import type { Random } from '../../../hal/random.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import type { CallFollower, CallStanding, FollowableCall } from '../../calls/call-follower.ts';
import type { Log } from '../../log.ts';
import type { FollowedRecordings } from '../../mailbox/followed-recordings.ts';
import { GivenAway } from './given-away.ts';
import type { KeptCall } from './live-keeper.ts';
import { LiveKeeper } from './live-keeper.ts';
import { LiveLine } from './live-line.ts';
import type { LiveNames } from './live-line.ts';
import type { Pushed } from './live-protocol.ts';
import type { Unfollowed } from './live-sender.ts';
import { LiveSender } from './live-sender.ts';

/** A call that goes on here. */
export interface CarriedOn {
  readonly call: FollowableCall;
  /** Bytes of its recording that came with it, once they are durable; null: the disk refused. Never rejects. */
  readonly durable: Promise<number | null>;
}

export interface LivePairParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recordings: FollowedRecordings;
  /** null: not paired. */
  readonly names: () => LiveNames | null;
  readonly ports: number;
  readonly calls: () => Iterable<FollowableCall>;
  /** Adopts leg, port, flow and recording; a text says why it cannot be. What is left of the recording is then the callee's to keep or to drop. */
  readonly carryOn: (kept: KeptCall) => CarriedOn | string;
}

export interface LiveStatus {
  readonly connected: boolean;
  /** Why there is no connection, where this unit makes it; null = nothing known. */
  readonly problem: string | null;
  /** Of the calls that would break, those that the partner could carry on now. */
  readonly followed: number;
  readonly calls: number;
  /** How long the partner has not said how far it is, and audio it was not sent. */
  readonly lagMs: number;
  readonly behindBytes: number;
  /** Of the partner's calls here. */
  readonly kept: number;
  readonly keptBytes: number;
  /** Since start: carried on here, given to the partner, not possible to carry on. */
  readonly carriedOn: number;
  readonly given: number;
  readonly lost: number;
  readonly unfollowed: Readonly<Record<Unfollowed, number>>;
  readonly refused: number;
}

/** A planned move waits so long for the partner to say that it has everything. */
const prepareMs = 100;
/** Whoever dies is succeeded long before; copies of calls that have gone on without a line are of no use. */
const staleMs = 30_000;
/** From there on the partner may say that it has the calls, before it is heard to serve. */
const movingMs = 5000;

/**
 * Calls in progress, as the two units tell each other: the one that serves sends (`LiveSender`), the other keeps (`LiveKeeper`), and when
 * the service moves what is kept becomes calls here. The same class on both.
 */
export class LivePair implements CallFollower {
  readonly #parts: LivePairParts;
  readonly #sender: LiveSender;
  readonly #keeper: LiveKeeper;
  readonly #line: LiveLine;
  readonly #given: GivenAway;
  /** Calls that came from the partner and run; bytes of their recordings that are durable, undefined = not known yet. */
  readonly #adopted = new Map<FollowableCall, { readonly id: string; kept: number | null | undefined }>();
  #serving = false;
  #wanted = false;
  #moving: Timer | null = null;
  #stale: Timer | null = null;
  #carriedOn = 0;
  #lost = 0;

  constructor(parts: LivePairParts) {
    const { clock, log, recordings, ports, calls } = parts;
    this.#parts = parts;
    this.#line = new LiveLine({ ...parts, ready: () => this.#ready(), pushed: (push, body) => this.#pushed(push, body), ended: () => this.#ended() });
    const line = this.#line;
    this.#sender = new LiveSender({ clock, log, recordings, calls, push: (kind, data, body) => line.push(kind, data, body), sync: () => line.sync() });
    this.#keeper = new LiveKeeper({ clock, log, recordings, most: ports, tell: (kind, data) => void line.push(kind, data) });
    this.#given = new GivenAway(clock, () => line.connected);
  }

  dial(connect: () => Promise<StreamConnection>): void {
    this.#line.dial(connect);
  }

  serve(connection: StreamConnection): void {
    this.#line.serve(connection);
  }

  /** This unit serves from now on, or no more: then the partner does, and what it was sent goes on there. */
  serving(on: boolean): void {
    if (on === this.#serving) return;
    this.#serving = on;
    if (on) {
      if (this.#wanted) this.#sender.start();
      return;
    }
    this.#wanted = false;
    this.#leave();
    this.#sender.stop();
    this.#line.push('want', {});
  }

  /** The shared address is here: every call that was followed goes on, in this turn. */
  takeOver(): void {
    for (const kept of this.#keeper.take()) {
      const { id } = kept.call;
      const result = this.#parts.carryOn(kept);
      if (typeof result === 'string') this.#notCarriedOn(id, result);
      else this.#adopt(id, result);
    }
  }

  /** Before a planned move. Resolves when the partner has everything as it is now, or after 100 ms. */
  async prepare(): Promise<void> {
    const { clock, log } = this.#parts;
    this.#moving?.cancel();
    this.#moving = clock.after('live-move', movingMs, () => (this.#moving = null));
    if (this.#sender.isEmpty) return;
    await new Promise<void>((resolve) => {
      const timer = clock.after('live-prepare', prepareMs, () => {
        log.write('warning', 'move-unconfirmed', `The partner did not say within ${prepareMs} ms that it has the calls in progress; the service moves all the same.`);
        resolve();
      });
      const end = (): void => {
        timer.cancel();
        resolve();
      };
      this.#sender.freshen().then(end, end);
    });
  }

  /** Resolves when all that was to go to the partner has gone and is safe there, or after `limitMs`. */
  handedOver(limitMs: number): Promise<void> {
    return this.#given.settled(limitMs);
  }

  changed(call: FollowableCall): void {
    this.#sender.changed(call);
  }

  audio(call: FollowableCall, recording: string, offset: number, bytes: Uint8Array, lostPackets: number): void {
    this.#sender.audio(call, recording, offset, bytes, lostPackets);
  }

  ended(call: FollowableCall): void {
    this.#sender.ended(call);
    this.#adopted.delete(call);
    this.#given.ended(call);
  }

  /** The partner could carry it on, as far as this unit can know. */
  follows(call: FollowableCall): boolean {
    return this.#sender.follows(call);
  }

  standing(call: FollowableCall): CallStanding {
    const followed = this.follows(call);
    if (!this.#adopted.has(call)) return followed ? 'followed' : 'not followed';
    return followed ? 'followed, carried on' : 'carried on';
  }

  status(): LiveStatus {
    const moving = [...this.#parts.calls()].filter((call) => call.moves);
    return {
      connected: this.#line.connected,
      problem: this.#line.problem,
      followed: moving.filter((call) => this.follows(call)).length,
      calls: moving.length,
      lagMs: this.#sender.lagMs,
      behindBytes: this.#sender.behindBytes,
      kept: this.#keeper.count,
      keptBytes: this.#keeper.bytes,
      carriedOn: this.#carriedOn,
      given: this.#given.count,
      lost: this.#lost,
      unfollowed: this.#sender.unfollowed,
      refused: this.#keeper.refused,
    };
  }

  stop(): void {
    this.#moving?.cancel();
    this.#line.stop();
    this.#stale?.cancel();
    this.#sender.stop();
    this.#given.stop();
    this.#keeper.dropAll();
  }

  #adopt(id: string, { call, durable }: CarriedOn): void {
    this.#carriedOn++;
    const adopted: { readonly id: string; kept: number | null | undefined } = { id, kept: undefined };
    this.#adopted.set(call, adopted);
    this.#line.push('taken', { id });
    void durable.then((bytes) => {
      adopted.kept = bytes;
      this.#line.push('kept', { id, bytes });
    });
    this.#parts.log.write('notice', 'call-carried-on', `Call ${call.id} of the partner goes on at this unit.`, { call: call.id });
  }

  #notCarriedOn(id: string, why: string): void {
    this.#lost++;
    this.#parts.log.write('error', 'call-not-carried-on', `A call of the partner cannot go on at this unit: ${why}`, { id });
  }

  #ready(): void {
    this.#wanted = false;
    this.#stale?.cancel();
    if (!this.#serving) this.#line.push('want', {});
  }

  #pushed(push: Pushed, body: Uint8Array): void {
    switch (push.kind) {
      case 'want':
        return this.#want();
      case 'missing':
        return this.#sender.missing(push.data.id, push.data.from);
      case 'failed':
        return this.#sender.failed(push.data.id);
      case 'taken':
        return this.#taken(push.data.id);
      case 'kept':
        return this.#given.kept(push.data.id, push.data.bytes);
      default:
        // Of two that serve, each goes on with its own.
        if (!this.#serving) this.#keeper.pushed(push, body);
    }
  }

  #want(): void {
    this.#wanted = true;
    if (!this.#serving) return;
    for (const { id, kept } of this.#adopted.values()) {
      this.#line.push('taken', { id });
      if (kept !== undefined) this.#line.push('kept', { id, bytes: kept });
    }
    this.#sender.start();
  }

  /** A unit that serves and hands nothing over keeps its calls: the two have not heard each other, and will settle who rests. */
  #taken(id: string): void {
    if (this.#serving && this.#moving === null) return;
    const call = this.#given.waiting(id) ?? this.#sender.find(id)?.call ?? null;
    if (call === null) return;
    this.#sender.forget(call);
    this.#given.give(id, call);
  }

  /** Calls whose address has moved: the followed ones wait for the partner's word, the others would only fade away. */
  #leave(): void {
    for (const call of this.#parts.calls()) {
      if (!call.moves) continue;
      const id = this.#sender.idOf(call);
      if (id !== null) this.#given.expect(id, call);
      else call.hangUp('the service has moved to the partner, which does not have this call');
    }
  }

  #ended(): void {
    this.#wanted = false;
    this.#sender.stop();
    this.#stale?.cancel();
    this.#stale = this.#parts.clock.after('live-stale', staleMs, () => this.#keeper.dropAll());
  }
}
