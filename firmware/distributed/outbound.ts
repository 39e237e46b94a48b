import type { Clock } from '../../hal/clock.ts';
import type { Random } from '../../hal/random.ts';
import type { StreamConnection } from '../../hal/stream.ts';
import type { Fingerprint } from '../../hal/secure-stream.ts';
import type { HomeKeeper } from '../failover/homecoming/home-keeper.ts';
import type { Peer } from '../site/channel/channel.ts';
import { Channel } from '../site/channel/channel.ts';
import { ChannelError } from '../site/channel/channel-error.ts';
import { Dialler } from '../site/channel/dialler.ts';
import { TokenBucket } from '../site/channel/token-bucket.ts';
import { Delayed } from '../site/delayed.ts';
import { siteName } from '../site/members/member-identity.ts';
import { pushes } from './delivery-protocol.ts';

export interface OutboundParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly keeper: HomeKeeper;
  readonly own: Fingerprint;
  /** What may be sent, kbit/s. */
  readonly kbps: () => number;
}

/** What may be sent at once after a rest: two packets. */
const burstBytes = 2400;
/** Changes of a mailbox that come so close together are one word to the central unit. */
const gatherMs = 50;

/** The distributed unit's end of the delivery: keeps a connection to the central unit, which asks, and says when something new waits. */
export class Outbound {
  readonly #parts: OutboundParts;
  readonly #bucket: TokenBucket;
  readonly #telling: Delayed;
  #channel: Channel | null = null;
  #dialler: Dialler | null = null;
  #problem: string | null = null;
  /** The central unit must tell the lamps anew, and has not been told so yet. At first: an earlier run may have been alone when it ended. */
  #lampsDue = true;

  constructor(parts: OutboundParts) {
    this.#parts = parts;
    this.#bucket = new TokenBucket(() => parts.kbps() * 125, burstBytes, parts.clock.monotonic());
    this.#telling = new Delayed(parts.clock, 'delivery-tell', () => this.#tell());
  }

  /** To this unit, until `leave`. */
  dial(unit: Fingerprint, connect: () => Promise<StreamConnection>): void {
    this.leave();
    const { clock, random } = this.#parts;
    this.#dialler = new Dialler({ clock, random, connect, connected: (connection) => this.#attach(unit, connection), failed: (error) => (this.#problem = error.message) });
    this.#dialler.start();
  }

  leave(): void {
    this.#dialler?.stop();
    this.#dialler = null;
    const channel = this.#channel;
    this.#channel = null;
    channel?.close();
  }

  /** Something may wait that did not. */
  changed(): void {
    this.#telling.in(gatherMs);
  }

  /** This unit has told lamps that the central one must tell anew. */
  lampsChanged(): void {
    this.#lampsDue = true;
    this.#tell();
  }

  stop(): void {
    this.#telling.stop();
    this.leave();
  }

  get connected(): boolean {
    return this.#channel !== null && this.#channel.peer !== null;
  }

  get problem(): string | null {
    return this.#problem;
  }

  #attach(unit: Fingerprint, connection: StreamConnection): void {
    const channel: Channel = new Channel({
      clock: this.#parts.clock,
      connection,
      bucket: this.#bucket,
      site: siteName,
      unit: this.#parts.own,
      answer: (kind, data) => this.#parts.keeper.answer(kind, data),
      pushed: () => undefined,
      ready: (peer) => this.#ready(channel, unit, peer),
      ended: (error) => this.#ended(channel, error),
    });
    this.#channel = channel;
  }

  #ready(channel: Channel, unit: Fingerprint, peer: Peer): void {
    if (channel !== this.#channel) return;
    if (peer.unit !== unit) {
      this.#problem = `${peer.unit} is at the other end, not the central unit ${unit}`;
      return channel.close();
    }
    this.#dialler?.held();
    this.#problem = null;
    this.#tell();
  }

  #ended(channel: Channel, error: ChannelError): void {
    if (channel !== this.#channel) return;
    this.#channel = null;
    if (error.id !== 'closed') this.#problem = error.message;
    this.#dialler?.lost();
  }

  #tell(): void {
    if (!this.connected) return;
    if (this.#parts.keeper.waiting().messages > 0) this.#channel?.push(pushes.waiting, {});
    if (this.#lampsDue && this.#channel?.push(pushes.lamps, {}) === true) this.#lampsDue = false;
  }
}
