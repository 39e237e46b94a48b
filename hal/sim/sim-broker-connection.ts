import type { BrokerConnection, BrokerMessage, BrokerSession } from '../broker.ts';
import { covers, payloadLimitBytes, publishesAtATime } from '../broker.ts';
import type { Clock } from '../clock.ts';
import { HalError } from '../errors.ts';
import type { SimBroker } from './sim-broker.ts';

/** One client's connection to a simulated broker. */
export class SimBrokerConnection implements BrokerConnection {
  received: BrokerConnection['received'] = null;
  closed: BrokerConnection['closed'] = null;
  readonly session: BrokerSession;
  readonly #broker: SimBroker;
  readonly #clock: Clock;
  readonly #filters: string[] = [];
  /** What waits for an answer of the broker, to be refused when the connection ends. */
  readonly #asked = new Set<(error: HalError) => void>();
  #publishing = 0;
  #queued = 0;
  #open = true;

  constructor(broker: SimBroker, clock: Clock, session: BrokerSession) {
    this.#broker = broker;
    this.#clock = clock;
    this.session = session;
  }

  publish(message: BrokerMessage): Promise<void> {
    const refused = this.#refusal(message);
    if (refused !== null) return Promise.reject(refused);
    this.#publishing += 1;
    const sent = { ...message, payload: message.payload.slice() };
    return this.#ask(() => {
      if (this.#broker.faults.forbidden(sent.topic)) return new HalError('permission-denied', sent.topic, 'not authorized');
      this.#broker.publish(sent);
      return null;
    }).finally(() => (this.#publishing -= 1));
  }

  subscribe(filters: readonly string[]): Promise<void> {
    if (!this.#open) return Promise.reject(used());
    return this.#ask(() => {
      const forbidden = filters.find((filter) => this.#broker.faults.forbidden(filter));
      if (forbidden !== undefined) return new HalError('permission-denied', forbidden, 'the broker refuses the subscription');
      this.#filters.push(...filters);
      for (const filter of filters) this.#broker.subscribed(this, filter);
      return null;
    });
  }

  close(): void {
    if (!this.#open) return;
    this.#end(null);
    this.#broker.leave(this);
  }

  // For the broker.

  wants(topic: string): boolean {
    return this.#open && this.#filters.some((filter) => covers(filter, topic));
  }

  /** false = too many wait already. */
  queue(limit: number): boolean {
    if (this.#queued >= limit) return false;
    this.#queued += 1;
    return true;
  }

  deliver(message: BrokerMessage): void {
    this.#queued -= 1;
    if (this.#open) this.received?.(message);
  }

  lose(error: HalError): void {
    if (this.#open) this.#end(error);
  }

  #end(error: HalError | null): void {
    this.#open = false;
    const gone = error === null ? used() : new HalError('connection-lost', 'sim broker', 'the connection to the broker is lost');
    for (const refuse of [...this.#asked]) refuse(gone);
    this.#clock.after('sim broker closed', 0, () => this.closed?.(error));
  }

  #refusal({ topic, payload }: BrokerMessage): HalError | null {
    if (!this.#open) return used();
    if (payload.length > payloadLimitBytes) return new HalError('too-large', topic, `${payload.length} bytes; at most ${payloadLimitBytes} are sent`);
    return this.#publishing >= publishesAtATime ? new HalError('busy', 'sim broker', `${publishesAtATime} messages wait for the broker`) : null;
  }

  /** There and back again. */
  #ask(done: () => HalError | null): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#asked.add(reject);
      this.#broker.after('question', () => {
        if (!this.#open) return;
        const refused = done();
        this.#broker.after('answer', () => {
          this.#asked.delete(reject);
          if (refused === null) resolve();
          else reject(refused);
        });
      });
    });
  }
}

const used = (): HalError => new HalError('closed', 'sim broker', 'the connection is closed');
