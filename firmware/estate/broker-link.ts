import type { BrokerConnection, BrokerMessage, BrokerNet, BrokerPlace, BrokerSession } from '../../hal/broker.ts';
import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { Log } from '../log.ts';

export interface BrokerLinkParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly broker: BrokerNet;
  readonly place: () => BrokerPlace;
  /** Made for each connection: a last will tells when it was written. */
  readonly session: () => BrokerSession;
  readonly filters: readonly string[];
  readonly received: (message: BrokerMessage) => void;
  /** It stands, and what was subscribed to is on its way. */
  readonly up: () => void;
}

const connectMs = 10_000;
const firstPauseMs = 1000;
export const longestPauseMs = 300_000;
/** A connection that stood so long was a good one: the next loss is waited for from the shortest pause on. */
const goodMs = 60_000;

/** Pause before attempt `nth` (from 0): doubles up to five minutes, a quarter more or less, so that an estate does not come back in step. */
export function pauseMs(nth: number, random: Random): number {
  const middle = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(nth, 16));
  return Math.round(middle * (0.75 + random.below(1001) / 2000));
}

export interface BrokerLinkStatus {
  readonly state: 'stopped' | 'connecting' | 'connected' | 'waiting';
  /** How long it has been in this state. */
  readonly forMs: number;
  readonly connections: number;
  readonly problem: string | null;
}

/** Keeps one connection to the broker. Its absence is nothing that the unit waits for. */
export class BrokerLink {
  readonly #parts: BrokerLinkParts;
  #state: BrokerLinkStatus['state'] = 'stopped';
  #since: MonotonicMs;
  #connection: BrokerConnection | null = null;
  #attempt = 0;
  #connections = 0;
  #problem: string | null = null;
  #told = false;
  #timer: Timer | null = null;
  /** Of the attempt that is under way: one that nobody waits for would keep the process from ending. */
  #attempting = new AbortController();

  constructor(parts: BrokerLinkParts) {
    this.#parts = parts;
    this.#since = parts.clock.monotonic();
  }

  start(): void {
    if (this.#state === 'stopped') this.#wait(0);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#enter('stopped');
    this.#attempting.abort();
    this.#connection?.close();
    this.#connection = null;
  }

  /** The connection does harm: it is closed, and with it goes what waits on it. The next one comes after a pause. */
  shed(why: string): void {
    const connection = this.#connection;
    if (connection === null) return;
    if (this.#isGood) this.#attempt = 0;
    this.#connection = null;
    connection.close();
    this.#failed(new HalError('busy', this.#parts.place().host, why));
  }

  get connected(): boolean {
    return this.#state === 'connected';
  }

  status(): BrokerLinkStatus {
    return { state: this.#state, forMs: this.#parts.clock.monotonic() - this.#since, connections: this.#connections, problem: this.#problem };
  }

  /** Errors: as BrokerConnection. */
  publish(message: BrokerMessage): Promise<void> {
    return this.#connection?.publish(message) ?? Promise.reject(new HalError('closed', message.topic, 'there is no connection to the broker'));
  }

  #enter(state: BrokerLinkStatus['state']): void {
    this.#state = state;
    this.#since = this.#parts.clock.monotonic();
  }

  #wait(ms: number): void {
    this.#enter('waiting');
    this.#timer = this.#parts.clock.after('estate-broker', ms, () => void this.#connect());
  }

  async #connect(): Promise<void> {
    const { broker, place, session, filters } = this.#parts;
    this.#enter('connecting');
    this.#attempting = new AbortController();
    let connection: BrokerConnection | null = null;
    try {
      connection = await broker.connect(place(), session(), connectMs, this.#attempting.signal);
      if (this.#isStopped) return connection.close();
      this.#listen(connection);
      await connection.subscribe(filters);
      if (this.#connection === connection) this.#stands();
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      // A connection that was lost meanwhile has told so itself.
      if (connection !== null && this.#connection !== connection) return;
      this.#connection = null;
      connection?.close();
      this.#failed(error);
    }
  }

  #listen(connection: BrokerConnection): void {
    this.#connection = connection;
    connection.received = (message) => {
      if (this.#connection === connection) this.#parts.received(message);
    };
    connection.closed = (error) => {
      if (this.#connection !== connection) return;
      this.#connection = null;
      if (this.#isGood) this.#attempt = 0;
      this.#failed(error ?? new HalError('closed', 'broker', 'the connection was closed'));
    };
  }

  #stands(): void {
    this.#enter('connected');
    this.#connections += 1;
    this.#problem = null;
    this.#told = false;
    const { host, port, tls } = this.#parts.place();
    this.#parts.log.write('notice', 'estate-broker-connected', `The broker ${host}:${port} hears this unit${tls === null ? ', in the clear' : ''}.`);
    this.#parts.up();
  }

  #failed(error: HalError): void {
    if (this.#isStopped) return;
    this.#problem = error.message;
    if (!this.#told) this.#parts.log.write('warning', 'estate-broker-lost', `The broker cannot be reached, which is tried again and again; calls do not need it: ${error.message}`);
    this.#told = true;
    this.#wait(pauseMs(this.#attempt++, this.#parts.random));
  }

  get #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  get #isGood(): boolean {
    return this.#state === 'connected' && this.#parts.clock.monotonic() - this.#since >= goodMs;
  }
}
