import type { Clock, Timer } from '../../../hal/clock.ts';
import type { HalError } from '../../../hal/errors.ts';
import type { Random } from '../../../hal/random.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import type { Log } from '../../log.ts';
import type { MessageMirror } from '../../mailbox/message-mirror.ts';
import type { MessageTransfer } from '../../mailbox/message-transfer.ts';
import * as v from 'valibot';
import type { Peer } from '../../site/channel/channel.ts';
import { Channel } from '../../site/channel/channel.ts';
import type { ChannelError } from '../../site/channel/channel-error.ts';
import { Dialler } from '../../site/channel/dialler.ts';
import type { Data } from '../../site/channel/frame.ts';
import { spokenFirst } from '../../site/channel/spoken-first.ts';
import { TokenBucket } from '../../site/channel/token-bucket.ts';
import type { PairNames } from '../homecoming/pair-names.ts';
import { MirrorCompare } from './mirror-compare.ts';
import { MirrorGiver } from './mirror-giver.ts';
import { MirrorInbox } from './mirror-inbox.ts';
import { pushes } from './mirror-protocol.ts';
import type { Behind } from './mirror-taker.ts';
import { MirrorTaker } from './mirror-taker.ts';
import { UnsentChanges } from './unsent-changes.ts';

export interface MirrorParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly storage: Storage;
  /** Of a store that is open. */
  readonly mirror: MessageMirror;
  readonly transfer: MessageTransfer;
  /** null = no partner; asked for each connection. */
  readonly names: () => PairNames | null;
  /** Whether this unit mirrors. */
  readonly on: () => boolean;
  /** Calls are so many that logs wait; left out: never. */
  readonly busy?: () => boolean;
  /** What may be sent, kbit/s. */
  readonly kbps: () => number;
}

export interface MirrorStatus {
  readonly on: boolean;
  readonly connected: boolean;
  /** null = not known yet. */
  readonly partnerMirrors: boolean | null;
  /** Messages here. */
  readonly messages: number;
  /** Copies that came in this run. */
  readonly took: number;
  /** What this unit still lacks. */
  readonly behind: Behind;
  /** What the partner still lacks, as last heard; null = never. */
  readonly partnerBehind: Behind | null;
  readonly problem: string | null;
}

/** What may be sent at once after a rest: two packets. */
const burstBytes = 2400;
/** Whether it is switched on is looked at this often. */
export const checkMs = 5000;

/**
 * Each unit has all messages of both. The same on either: what the partner has is taken, what is here is shown and handed out.
 *
 *   MirrorInbox, MirrorCompare <── MirrorTaker ──┐                ┌── MirrorGiver ──> MessageMirror, MessageTransfer
 *                                                Channel ════ Channel
 *   MessageMirror, MessageTransfer <── MirrorGiver ──┘            └── MirrorTaker ──> ...
 */
export class Mirror {
  readonly #parts: MirrorParts;
  readonly #taker: MirrorTaker;
  readonly #giver: MirrorGiver;
  readonly #bucket: TokenBucket;
  readonly #unsent: UnsentChanges;
  #connect: (() => Promise<StreamConnection>) | null = null;
  #dialler: Dialler | null = null;
  #channel: Channel | null = null;
  #checking: Timer | null = null;
  /** Ends the wait for the first word on a connection. */
  #wait: (() => void) | null = null;
  #partnerBehind: Behind | null = null;
  #problem: string | null = null;
  #stopped = false;

  private constructor(parts: MirrorParts, inbox: MirrorInbox) {
    const { clock, log, mirror, transfer, on, busy } = parts;
    this.#parts = parts;
    this.#bucket = new TokenBucket(() => parts.kbps() * 125, burstBytes, clock.monotonic());
    this.#taker = new MirrorTaker({ clock, log, inbox, compare: new MirrorCompare({ mirror, transfer }), busy: () => busy?.() === true, moved: () => this.#tellBehind() });
    this.#giver = new MirrorGiver({ log, mirror, transfer, on });
    this.#unsent = new UnsentChanges(clock, (kind, data) => this.#channel?.push(kind, data) === true);
    mirror.touched = (mailbox, id) => this.#touched(mailbox, id);
  }

  /** Errors: HalError. */
  static async open(parts: MirrorParts): Promise<Mirror> {
    return new Mirror(parts, await MirrorInbox.open(parts.storage, parts.transfer));
  }

  /** Keeps a connection by making it while the mirror is on: for one of the two, the other serves. */
  dial(connect: () => Promise<StreamConnection>): void {
    this.#hangUp();
    this.#connect = connect;
    this.check();
  }

  /** A connection that the partner has made; it speaks first. The newest counts. */
  serve(connection: StreamConnection): void {
    this.#wait?.();
    this.#wait = spokenFirst(connection, this.#parts.clock, (spoken) => this.attach(spoken));
  }

  /** Uses a connection at once; the newest counts. */
  attach(connection: StreamConnection): void {
    const names = this.#parts.names();
    if (this.#stopped || names === null) return this.#turnAway(connection);
    const old = this.#channel;
    this.#disconnected();
    const channel: Channel = new Channel({
      clock: this.#parts.clock,
      connection,
      bucket: this.#bucket,
      site: names.pair,
      unit: names.own,
      answer: (kind, data) => this.#giver.answer(kind, data),
      pushed: (kind, data) => this.#pushed(kind, data),
      ready: (peer) => this.#ready(channel, peer, names),
      ended: (error) => this.#ended(channel, error),
    });
    this.#channel = channel;
    old?.close();
  }

  /** Settings have changed; without being told it is noticed within 5 s. */
  check(): void {
    this.#checking?.cancel();
    if (this.#stopped) return;
    if (this.#connect !== null) this.#keepDialling(this.#connect);
    this.#checking = this.#parts.clock.after('mirror-check', checkMs, () => this.check());
    if (!this.#parts.on()) return this.#taker.disconnected();
    if (this.#isConnected && this.#taker.state === 'paused') this.#begin();
  }

  stop(): void {
    this.#stopped = true;
    this.#parts.mirror.touched = null;
    this.#checking?.cancel();
    this.#hangUp();
    this.#wait?.();
    this.#disconnected();
    this.#channel?.close();
  }

  /** null = not known yet. */
  get partnerMirrors(): boolean | null {
    return this.#taker.partnerMirrors;
  }

  status(): MirrorStatus {
    const { mirror, on } = this.#parts;
    return {
      on: on(),
      connected: this.#isConnected,
      partnerMirrors: this.partnerMirrors,
      messages: mirror.messages,
      took: this.#taker.took,
      behind: this.#taker.behind(),
      partnerBehind: this.#partnerBehind,
      problem: this.#problem ?? this.#taker.problem ?? this.#giver.problem,
    };
  }

  get #isConnected(): boolean {
    return this.#channel !== null && this.#channel.peer !== null;
  }

  #keepDialling(connect: () => Promise<StreamConnection>): void {
    if (!this.#parts.on()) return this.#hangUp();
    if (this.#dialler !== null) return;
    const { clock, random } = this.#parts;
    this.#dialler = new Dialler({ clock, random, connect, connected: (connection) => this.attach(connection), failed: (error: HalError) => (this.#problem = error.message) });
    this.#dialler.start();
  }

  #hangUp(): void {
    if (this.#dialler === null) return;
    this.#dialler.stop();
    this.#dialler = null;
    this.#channel?.close();
  }

  #turnAway(connection: StreamConnection): void {
    connection.received = null;
    connection.close();
    if (!this.#stopped) this.#dialler?.lost();
  }

  #ready(channel: Channel, { unit }: Peer, names: PairNames): void {
    if (channel !== this.#channel) return;
    if (unit !== names.partner) {
      this.#problem = `${unit} is at the other end, not the partner ${names.partner}`;
      return channel.close();
    }
    this.#dialler?.held();
    this.#problem = null;
    this.check();
  }

  #begin(): void {
    const channel = this.#channel;
    if (channel !== null) this.#taker.connected((kind, data) => channel.ask(kind, data));
  }

  #ended(channel: Channel, error: ChannelError): void {
    if (channel !== this.#channel) return;
    this.#channel = null;
    if (error.id !== 'closed') this.#problem = error.message;
    this.#disconnected();
    if (!this.#stopped) this.#dialler?.lost();
  }

  #disconnected(): void {
    this.#taker.disconnected();
    this.#unsent.clear();
  }

  #touched(mailbox: string, id: string): void {
    if (this.#isConnected && this.#parts.on()) this.#unsent.add({ mailbox, id });
  }

  #tellBehind(): void {
    this.#channel?.push('behind', { ...this.#taker.behind() });
  }

  /** What is not understood is left: the next sweep finds what it was about. */
  #pushed(kind: string, data: Data): void {
    if (!this.#parts.on()) return;
    if (kind === 'changed') {
      const hint = v.safeParse(pushes.changed, data);
      if (hint.success) this.#taker.hinted(hint.output);
    } else if (kind === 'behind') {
      const behind = v.safeParse(pushes.behind, data);
      if (behind.success) this.#partnerBehind = behind.output;
    }
  }
}
