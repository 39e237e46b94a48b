import type { BrokerConnection, BrokerMessage, BrokerNet, BrokerPlace, BrokerSession } from '../broker.ts';
import { covers } from '../broker.ts';
import type { Clock } from '../clock.ts';
import { HalError } from '../errors.ts';
import { SimBrokerConnection } from './sim-broker-connection.ts';
import type { SimRandom } from './sim-random.ts';

/** What a broker, or the way to it, may do wrong. */
export interface BrokerFaults {
  /** Nobody answers, and connections that stand are lost. */
  offline: boolean;
  /** It takes connections and messages and says nothing, not even that it got them. */
  mute: boolean;
  /** Each way. */
  delayMs: number;
  /** As much again at random, for each delivery by itself, so that they overtake each other. */
  jitterMs: number;
  /** Share of the deliveries that come twice. */
  duplicates: number;
  /** Topics that nobody may publish or subscribe to. */
  forbidden: (topic: string) => boolean;
  /** Only these users are let in; null = everybody. */
  users: readonly string[] | null;
}

/** Brokers hold a limited number of messages for a client that does not keep up, and drop the rest. */
export const queueLimit = 1000;

/** A broker in virtual time, with all that goes wrong in one. Nothing is delivered inside the call that sent it. */
export class SimBroker {
  readonly faults: BrokerFaults = { offline: false, mute: false, delayMs: 1, jitterMs: 0, duplicates: 0, forbidden: () => false, users: null };
  /** Messages that were dropped because a client did not keep up. */
  dropped = 0;
  readonly #clock: Clock;
  readonly #random: SimRandom;
  readonly #retained = new Map<string, BrokerMessage>();
  readonly #sessions = new Map<string, SimBrokerConnection>();

  constructor(clock: Clock, random: SimRandom) {
    this.#clock = clock;
    this.#random = random;
  }

  /** The way of one machine to this broker. */
  net(): BrokerNet {
    return {
      connect: (to, session, timeoutMs, signal) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new HalError('closed', to.host, 'the attempt was given up')));
          this.#connect(to, session, timeoutMs).then((connection) => (signal?.aborted === true ? connection.close() : resolve(connection)), reject);
        }),
    };
  }

  /** What it keeps of a topic. */
  retained(topic: string): BrokerMessage | null {
    return this.#retained.get(topic) ?? null;
  }

  get topics(): readonly string[] {
    return [...this.#retained.keys()];
  }

  get clients(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  /** The disk of the broker is lost: it starts again with nothing, and its clients must come anew. */
  wipe(): void {
    this.restart();
    this.#retained.clear();
  }

  /** Connections are lost; what is kept stays. The broker dies with them, so no last will is told. */
  restart(): void {
    for (const session of [...this.#sessions.values()]) session.lose(new HalError('connection-lost', 'sim broker', 'the broker went away'));
    this.#sessions.clear();
  }

  /** The machine with this client dies without a word: its last will is told once the broker misses it. */
  kill(clientId: string): void {
    const session = this.#sessions.get(clientId);
    if (session === undefined) return;
    session.lose(new HalError('connection-lost', 'sim broker', 'the connection was cut'));
    this.#clock.after('sim broker misses a client', session.session.keepAliveSec * 1500, () => this.#gone(session));
  }

  /** As if some client had published it. */
  inject(message: BrokerMessage): void {
    this.publish(message);
  }

  // For its connections.

  leave(session: SimBrokerConnection): void {
    if (this.#sessions.get(session.session.clientId) === session) this.#sessions.delete(session.session.clientId);
  }

  /** What is kept comes at once. */
  subscribed(session: SimBrokerConnection, filter: string): void {
    for (const message of this.#retained.values()) if (covers(filter, message.topic)) this.#deliver(session, message);
  }

  publish(message: BrokerMessage): void {
    if (message.retain && message.payload.length === 0) this.#retained.delete(message.topic);
    else if (message.retain) this.#retained.set(message.topic, message);
    for (const session of this.#sessions.values()) if (session.wants(message.topic)) this.#deliver(session, { ...message, retain: false });
  }

  /** After the way there, or never. */
  after(what: string, then: () => void): void {
    if (!this.faults.mute) this.#clock.after(`sim broker ${what}`, this.#delayMs(), then);
  }

  #delayMs(): number {
    const { delayMs, jitterMs } = this.faults;
    return delayMs + this.#random.below(Math.max(1, Math.floor(jitterMs)));
  }

  #deliver(session: SimBrokerConnection, message: BrokerMessage): void {
    const copies = this.#random.chance(this.faults.duplicates) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (!session.queue(queueLimit)) this.dropped += 1;
      else this.#clock.after('sim broker delivery', this.#delayMs(), () => session.deliver({ ...message, payload: message.payload.slice() }));
    }
  }

  #gone(session: SimBrokerConnection): void {
    if (this.#sessions.get(session.session.clientId) !== session) return;
    this.leave(session);
    const { lastWill } = session.session;
    if (lastWill !== null) this.publish(lastWill);
  }

  #connect({ host, login }: BrokerPlace, session: BrokerSession, timeoutMs: number): Promise<BrokerConnection> {
    const { faults } = this;
    return new Promise((resolve, reject) => {
      const refuse = (ms: number, error: HalError): void => void this.#clock.after('sim broker refusal', ms, () => reject(error));
      if (faults.offline) return refuse(faults.delayMs, new HalError('connection-refused', host, 'nobody listens'));
      if (faults.mute) return refuse(timeoutMs, new HalError('timed-out', host, `no answer in ${timeoutMs} ms`));
      if (faults.users !== null && !faults.users.includes(login?.user ?? '')) return refuse(faults.delayMs, new HalError('permission-denied', host, 'not authorized'));
      this.#clock.after('sim broker connect', this.#delayMs(), () => resolve(this.#accept(session)));
    });
  }

  #accept(session: BrokerSession): SimBrokerConnection {
    const old = this.#sessions.get(session.clientId);
    if (old !== undefined) {
      old.lose(new HalError('connection-lost', 'sim broker', 'another client came with the same id'));
      this.#gone(old);
    }
    const connection = new SimBrokerConnection(this, this.#clock, session);
    this.#sessions.set(session.clientId, connection);
    return connection;
  }

  /** From now on nobody answers; connections are lost. */
  goOffline(): void {
    this.faults.offline = true;
    this.restart();
  }

  /** From now on nothing is heard of it; whoever is connected finds out by the keep-alive. */
  goMute(): void {
    this.faults.mute = true;
    for (const session of this.#sessions.values()) {
      this.#clock.after('sim broker is missed', session.session.keepAliveSec * 1500, () => {
        if (this.faults.mute) session.lose(new HalError('timed-out', 'sim broker', 'the broker says nothing'));
      });
    }
  }

  comeBack(): void {
    this.faults.offline = false;
    this.faults.mute = false;
  }
}
