import type { Clock } from '../../../hal/clock.ts';
import type { Random } from '../../../hal/random.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import type { Log } from '../../log.ts';
import { Channel } from '../../site/channel/channel.ts';
import { ChannelError, refusal } from '../../site/channel/channel-error.ts';
import { Dialler } from '../../site/channel/dialler.ts';
import type { Data } from '../../site/channel/frame.ts';
import { noBody } from '../../site/channel/frame.ts';
import { spokenFirst } from '../../site/channel/spoken-first.ts';
import { TokenBucket } from '../../site/channel/token-bucket.ts';
import type { PairNames } from '../homecoming/pair-names.ts';
import type { Pushed, PushKind } from './live-protocol.ts';
import { readPush } from './live-protocol.ts';

export type LiveNames = PairNames;

export interface LineParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly names: () => LiveNames | null;
  readonly ready: () => void;
  readonly pushed: (push: Pushed, body: Uint8Array) => void;
  readonly ended: () => void;
}

/** Audio of calls is real time, and `pair.syncKbps` is for what can wait: only a line faster than any holds this back. */
const bytesPerSec = 125_000_000;
const burstBytes = 1_000_000;
/** Without the line calls are not followed: it is not left alone for long. */
const longestWaitMs = 2000;

/** The connection between the two about calls in progress: made by one, served by the other, the newest counts. */
export class LiveLine {
  readonly #parts: LineParts;
  #channel: Channel | null = null;
  #dialler: Dialler | null = null;
  #wait: (() => void) | null = null;
  #stopped = false;
  /** Why the last attempt to connect failed; null = it did not. */
  problem: string | null = null;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  get connected(): boolean {
    return this.#channel !== null && this.#channel.peer !== null;
  }

  dial(connect: () => Promise<StreamConnection>): void {
    const { clock, random } = this.#parts;
    this.#dialler?.stop();
    this.#dialler = new Dialler({ clock, random, connect, longestWaitMs, connected: (connection) => this.#attach(connection), failed: (error) => (this.problem = error.message) });
    this.#dialler.start();
  }

  serve(connection: StreamConnection): void {
    this.#wait?.();
    this.#wait = spokenFirst(connection, this.#parts.clock, (spoken) => this.#attach(spoken));
  }

  push(kind: PushKind, data: Data, body: Uint8Array = noBody): boolean {
    return this.connected && this.#channel?.push(kind, data, body) === true;
  }

  /** Resolves when the other end has taken in all that was pushed. Errors: ChannelError. */
  async sync(): Promise<void> {
    if (this.#channel === null) throw new ChannelError('closed', 'there is no connection');
    await this.#channel.ask('sync', {});
  }

  stop(): void {
    this.#stopped = true;
    this.#dialler?.stop();
    this.#wait?.();
    this.#channel?.close();
  }

  #attach(connection: StreamConnection): void {
    const names = this.#parts.names();
    if (this.#stopped || names === null) return this.#turnAway(connection);
    const { clock, pushed, ready } = this.#parts;
    const old = this.#channel;
    const channel: Channel = new Channel({
      clock,
      connection,
      bucket: new TokenBucket(() => bytesPerSec, burstBytes, clock.monotonic()),
      site: names.pair,
      unit: names.own,
      answer: async (kind) => {
        if (kind !== 'sync') throw refusal('unknown', `there is no request ${kind.slice(0, 64)}`);
        return { data: {}, body: noBody };
      },
      pushed: (kind, data, body) => {
        const push = readPush(kind, data);
        if (push !== null && channel === this.#channel) pushed(push, body);
      },
      ready: ({ unit }) => {
        if (channel !== this.#channel) return;
        if (unit !== names.partner) return channel.close();
        this.#dialler?.held();
        this.problem = null;
        ready();
      },
      ended: () => this.#ended(channel),
    });
    this.#channel = channel;
    if (old !== null) {
      old.close();
      this.#parts.ended();
    }
  }

  #ended(channel: Channel): void {
    if (channel !== this.#channel) return;
    this.#channel = null;
    if (this.#stopped) return;
    this.#parts.ended();
    this.#dialler?.lost();
  }

  #turnAway(connection: StreamConnection): void {
    connection.received = null;
    connection.close();
    if (!this.#stopped) this.#dialler?.lost();
  }
}
