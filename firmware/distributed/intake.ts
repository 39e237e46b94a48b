import type { Clock } from '../../hal/clock.ts';
import type { StreamConnection } from '../../hal/stream.ts';
import type { Fingerprint } from '../../hal/secure-stream.ts';
import type { Arrivals } from '../failover/homecoming/arrivals.ts';
import type { Coming } from '../failover/homecoming/home-fetcher.ts';
import { HomeFetcher } from '../failover/homecoming/home-fetcher.ts';
import type { Waiting } from '../failover/homecoming/home-protocol.ts';
import type { Log } from '../log.ts';
import type { Peer } from '../site/channel/channel.ts';
import { Channel } from '../site/channel/channel.ts';
import { ChannelError, refusal } from '../site/channel/channel-error.ts';
import { TokenBucket } from '../site/channel/token-bucket.ts';
import { siteName } from '../site/members/member-identity.ts';
import { pushes } from './delivery-protocol.ts';

export interface IntakeParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly arrivals: Arrivals;
  readonly own: Fingerprint;
  readonly member: Fingerprint;
  readonly name: string;
  readonly mayCome: () => boolean;
  readonly kbps: () => number;
  /** The member told lamps: all must be told anew. */
  readonly refreshLamps: () => void;
}

export interface IntakeStatus {
  readonly connected: boolean;
  /** On the member, as last heard; null = never in this run. */
  readonly waiting: Waiting | null;
  readonly coming: Coming | null;
  /** Messages that came in this run. */
  readonly came: number;
  readonly problem: string | null;
}

/** Requests are small: what they need is no burden. */
const burstBytes = 2400;

/** The central unit's end of the delivery from one distributed unit: asks for what waits there, and takes each message exactly once. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #fetcher: HomeFetcher;
  readonly #bucket: TokenBucket;
  #channel: Channel | null = null;
  #problem: string | null = null;

  constructor(parts: IntakeParts) {
    const { clock, log, arrivals, name, mayCome, kbps } = parts;
    this.#parts = parts;
    this.#fetcher = new HomeFetcher({ clock, log, arrivals, mayCome, keeper: `the unit ${name}` });
    this.#bucket = new TokenBucket(() => kbps() * 125, burstBytes, clock.monotonic());
  }

  /** A connection that the member has made; the newest counts. */
  attach(connection: StreamConnection): void {
    const { clock, own } = this.#parts;
    const old = this.#channel;
    this.#fetcher.disconnected();
    const channel: Channel = new Channel({
      clock,
      connection,
      bucket: this.#bucket,
      site: siteName,
      unit: own,
      answer: () => Promise.reject(refusal('unknown', 'the central unit is not asked')),
      pushed: (kind) => this.#pushed(kind),
      ready: (peer) => this.#ready(channel, peer),
      ended: (error) => this.#ended(channel, error),
    });
    this.#channel = channel;
    old?.close();
  }

  /** Whether messages may come has changed; without being told it is noticed within 5 s. */
  check(): void {
    this.#fetcher.check();
  }

  /** The connection ends; another may follow. */
  drop(): void {
    this.#channel?.close();
  }

  stop(): void {
    this.#fetcher.stop();
    this.drop();
  }

  status(): IntakeStatus {
    const { waiting, coming, came, problem } = this.#fetcher;
    return { connected: this.#channel !== null && this.#channel.peer !== null, waiting, coming, came: came.messages, problem: this.#problem ?? problem };
  }

  #pushed(kind: string): void {
    if (kind === pushes.waiting) this.#fetcher.hurry();
    else if (kind === pushes.lamps) this.#parts.refreshLamps();
  }

  #ready(channel: Channel, { unit }: Peer): void {
    if (channel !== this.#channel) return;
    if (unit !== this.#parts.member) {
      this.#problem = `${unit} is at the other end, not ${this.#parts.member}`;
      return channel.close();
    }
    this.#problem = null;
    this.#fetcher.connected((kind, data) => channel.ask(kind, data));
  }

  #ended(channel: Channel, error: ChannelError): void {
    if (channel !== this.#channel) return;
    this.#channel = null;
    if (error.id !== 'closed') this.#problem = error.message;
    this.#fetcher.disconnected();
  }
}
