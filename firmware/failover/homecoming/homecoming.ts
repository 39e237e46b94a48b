import type { Clock } from '../../../hal/clock.ts';
import type { HalError } from '../../../hal/errors.ts';
import type { Random } from '../../../hal/random.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import type { Log } from '../../log.ts';
import type { MessageTransfer } from '../../mailbox/message-transfer.ts';
import type { Answer, Peer } from '../../site/channel/channel.ts';
import { Channel } from '../../site/channel/channel.ts';
import type { ChannelError } from '../../site/channel/channel-error.ts';
import { refusal } from '../../site/channel/channel-error.ts';
import { Dialler } from '../../site/channel/dialler.ts';
import type { Data } from '../../site/channel/frame.ts';
import { spokenFirst } from '../../site/channel/spoken-first.ts';
import { TokenBucket } from '../../site/channel/token-bucket.ts';
import { Arrivals } from './arrivals.ts';
import type { Coming } from './home-fetcher.ts';
import { HomeFetcher } from './home-fetcher.ts';
import { HomeKeeper } from './home-keeper.ts';
import type { Waiting } from './home-protocol.ts';
import type { PairNames } from './pair-names.ts';

export interface HomecomingParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly storage: Storage;
  /** Of a store that is open, and that nobody uses yet. */
  readonly transfer: MessageTransfer;
  readonly rank: 'primary' | 'backup';
  /** null = no partner; asked for each connection. */
  readonly names: () => PairNames | null;
  readonly mode: () => 'none' | 'homecoming';
  /** Whether this unit serves calls now. Only the primary's counts. */
  readonly serves: () => boolean;
  /** Whether calls are so many that messages wait; left out: never. Only the primary's counts. */
  readonly busy?: () => boolean;
  /** What may be sent, kbit/s. */
  readonly kbps: () => number;
  /** Whether a message came from a distributed unit already; left out: there are none. Only the primary's counts. */
  readonly cameElsewhere?: (id: string) => boolean;
}

export interface HomecomingStatus {
  readonly rank: 'primary' | 'backup';
  readonly mode: 'none' | 'homecoming';
  readonly connected: boolean;
  /** On the backup: paused without a connection, else looking (it is asked). */
  readonly state: HomeFetcher['state'];
  /** On the backup its own count; on the primary as last heard, null = never. */
  readonly waiting: Waiting | null;
  /** What is on its way; always null on the backup. */
  readonly coming: Coming | null;
  /** Messages that came (went) home in this run. */
  readonly moved: number;
  readonly problem: string | null;
}

/** What may be sent at once after a rest: two packets. */
const burstBytes = 2400;

/**
 * Messages that the backup took come home. The primary asks, the backup answers; the same class is either, by rank.
 *
 *   primary   Arrivals <── HomeFetcher ── Channel ════ Channel ── HomeKeeper ──> MessageTransfer   backup
 */
export class Homecoming {
  readonly #parts: HomecomingParts;
  readonly #arrivals: Arrivals | null;
  readonly #fetcher: HomeFetcher | null;
  readonly #keeper: HomeKeeper | null;
  readonly #bucket: TokenBucket;
  #channel: Channel | null = null;
  #dialler: Dialler | null = null;
  /** Ends the wait for the first word on a connection. */
  #wait: (() => void) | null = null;
  #problem: string | null = null;
  #stopped = false;

  private constructor(parts: HomecomingParts, arrivals: Arrivals | null) {
    const { clock, log, transfer } = parts;
    this.#parts = parts;
    this.#arrivals = arrivals;
    this.#bucket = new TokenBucket(() => parts.kbps() * 125, burstBytes, clock.monotonic());
    this.#fetcher = arrivals === null ? null : new HomeFetcher({ clock, log, arrivals, mayCome: () => this.#mayCome() });
    this.#keeper = arrivals === null ? new HomeKeeper({ log, transfer, own: () => parts.names()?.own ?? '', on: () => parts.mode() !== 'none' }) : null;
  }

  /** Must come before an owner can purge a message. Errors: HalError. */
  static async open(parts: HomecomingParts): Promise<Homecoming> {
    return new Homecoming(parts, parts.rank === 'primary' ? await Arrivals.open(parts) : null);
  }

  /** Keeps a connection by making it: for one of the two, the other serves. */
  dial(connect: () => Promise<StreamConnection>): void {
    const { clock, random } = this.#parts;
    this.#dialler?.stop();
    this.#dialler = new Dialler({ clock, random, connect, connected: (connection) => this.attach(connection), failed: (error: HalError) => (this.#problem = error.message) });
    this.#dialler.start();
  }

  /** There is no partner any more: no connection is kept. */
  release(): void {
    this.#dialler?.stop();
    this.#dialler = null;
    this.#wait?.();
    this.#channel?.close();
  }

  /** Whether a message came over the backup; its owner may have purged it since. */
  came(id: string): boolean {
    return this.#arrivals?.came(id) ?? false;
  }

  /** A connection that the partner has made. It speaks first: the pair's channel has still a word of its own to say to it. The newest counts. */
  serve(connection: StreamConnection): void {
    this.#wait?.();
    this.#wait = spokenFirst(connection, this.#parts.clock, (spoken) => this.attach(spoken));
  }

  /** Uses a connection at once; the newest counts. */
  attach(connection: StreamConnection): void {
    const names = this.#parts.names();
    if (this.#stopped || names === null) return this.#turnAway(connection);
    const old = this.#channel;
    this.#fetcher?.disconnected();
    const channel: Channel = new Channel({
      clock: this.#parts.clock,
      connection,
      bucket: this.#bucket,
      site: names.pair,
      unit: names.own,
      answer: (kind, data) => this.#answer(kind, data),
      pushed: () => undefined,
      ready: (peer) => this.#ready(channel, peer, names),
      ended: (error) => this.#ended(channel, error),
    });
    this.#channel = channel;
    old?.close();
  }

  /** Role, settings or load have changed; without being told it is noticed within 5 s. */
  check(): void {
    this.#fetcher?.check();
  }

  stop(): void {
    this.#stopped = true;
    this.#dialler?.stop();
    this.#wait?.();
    this.#fetcher?.stop();
    this.#channel?.close();
  }

  status(): HomecomingStatus {
    const { rank, mode } = this.#parts;
    const side = this.#fetcher ?? this.#keeper;
    return {
      rank,
      mode: mode(),
      connected: this.#isConnected,
      state: this.#fetcher?.state ?? (this.#isConnected ? 'looking' : 'paused'),
      waiting: this.#fetcher === null ? (this.#keeper?.waiting() ?? null) : this.#fetcher.waiting,
      coming: this.#fetcher?.coming ?? null,
      moved: this.#fetcher?.came.messages ?? this.#keeper?.gone ?? 0,
      problem: this.#problem ?? side?.problem ?? null,
    };
  }


  #turnAway(connection: StreamConnection): void {
    connection.received = null;
    connection.close();
    if (!this.#stopped) this.#dialler?.lost();
  }

  get #isConnected(): boolean {
    return this.#channel !== null && this.#channel.peer !== null;
  }

  #mayCome(): boolean {
    const { mode, serves, busy } = this.#parts;
    return mode() === 'homecoming' && serves() && busy?.() !== true;
  }

  #answer(kind: string, data: Data): Promise<Answer> {
    if (this.#keeper === null) throw refusal('unknown', 'the primary is not asked');
    return this.#keeper.answer(kind, data);
  }

  #ready(channel: Channel, { unit }: Peer, names: PairNames): void {
    if (channel !== this.#channel) return;
    if (unit !== names.partner) {
      this.#problem = `${unit} is at the other end, not the partner ${names.partner}`;
      return channel.close();
    }
    this.#dialler?.held();
    this.#problem = null;
    this.#fetcher?.connected((kind, data) => channel.ask(kind, data));
  }

  #ended(channel: Channel, error: ChannelError): void {
    if (channel !== this.#channel) return;
    this.#channel = null;
    if (error.id !== 'closed') this.#problem = error.message;
    this.#fetcher?.disconnected();
    if (!this.#stopped) this.#dialler?.lost();
  }
}
