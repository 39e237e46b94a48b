import type { Socket } from 'node:net';
import type { MqttClient } from './mqtt-client.mjs';
import type { BrokerConnection, BrokerMessage } from '../../broker.ts';
import { payloadLimitBytes, publishesAtATime } from '../../broker.ts';
import { HalError } from '../../errors.ts';
import { brokerError } from './broker-error.ts';

const closeLimitMs = 1000;
/**
 * At most 1,000 messages in a second are taken, in slices, so that a flood leaves the thread to calls and to the pair, which takes a thread
 * that does not come to its turn for hung; the rest waits in the socket and then in the broker, which has a limit of its own.
 */
const messagesPerSlice = 20;
const sliceMs = 20;
/** A packet larger than was allowed is never gathered: the connection ends. Several packets may come in one piece. */
const pieceLimitBytes = 256 * 1024;

/** One session of the package's client. It is told not to reconnect, so its end is the connection's. */
export class MqttConnection implements BrokerConnection {
  received: BrokerConnection['received'] = null;
  closed: BrokerConnection['closed'] = null;
  readonly #client: MqttClient;
  readonly #socket: Socket;
  readonly #place: string;
  #open = true;
  #waiting = 0;
  #cause: unknown = null;
  #sincePacket = 0;
  #sliceMs = 0;
  #inSlice = 0;

  constructor(client: MqttClient, socket: Socket, place: string) {
    this.#client = client;
    this.#socket = socket;
    this.#place = place;
    client.on('error', (cause) => (this.#cause ??= cause));
    client.on('disconnect', ({ reasonCode }) => (this.#cause ??= new HalError('connection-lost', place, `the broker ended the connection, reason ${reasonCode ?? 0}`)));
    client.on('packetreceive', () => void (this.#sincePacket = 0));
    client.on('message', (topic, payload, { retain }) => this.#message({ topic, payload, retain }));
    client.handleMessage = (_packet, taken) => this.#paced(taken);
    client.once('close', () => this.#finish());
    socket.on('data', ({ length }) => this.#counted(length));
  }

  publish({ topic, payload, retain }: BrokerMessage): Promise<void> {
    if (!this.#open) return Promise.reject(this.#gone());
    if (payload.length > payloadLimitBytes) return Promise.reject(new HalError('too-large', topic, `${payload.length} bytes; at most ${payloadLimitBytes} are sent`));
    if (this.#waiting >= publishesAtATime) return Promise.reject(new HalError('busy', this.#place, `${publishesAtATime} messages wait for the broker`));
    this.#waiting += 1;
    return this.#asked((done) => this.#client.publish(topic, Buffer.from(payload), { qos: 1, retain }, done)).finally(() => (this.#waiting -= 1));
  }

  subscribe(filters: readonly string[]): Promise<void> {
    if (!this.#open) return Promise.reject(this.#gone());
    return this.#asked((done) =>
      this.#client.subscribe([...filters], { qos: 1 }, (error, granted) => {
        const refused = granted?.find(({ qos }) => qos >= 128);
        done(error ?? (refused === undefined ? undefined : new HalError('permission-denied', refused.topic, 'the broker refuses the subscription')));
      }),
    );
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    const limit = setTimeout(() => this.#socket.destroy(), closeLimitMs);
    this.#client.end(false, {}, () => clearTimeout(limit));
  }

  /** The client forgets what waits when the connection ends, so the end itself answers too. */
  #asked(ask: (done: (error?: unknown) => void) => unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const lost = (): void => reject(this.#gone());
      this.#client.once('close', lost);
      ask((error) => {
        this.#client.removeListener('close', lost);
        if (error === undefined || error === null) resolve();
        else reject(this.#open && this.#client.connected ? brokerError(this.#place, error) : this.#gone());
      });
    });
  }

  #message(message: BrokerMessage): void {
    if (this.#open && message.payload.length <= payloadLimitBytes) this.received?.(message);
  }

  /** Where messages come too fast the next packet is not looked at before the slice is over: the socket fills, and the broker waits. */
  #paced(taken: () => void): void {
    const now = performance.now();
    if (now - this.#sliceMs >= sliceMs) [this.#sliceMs, this.#inSlice] = [now, 0];
    this.#inSlice += 1;
    if (this.#inSlice < messagesPerSlice) taken();
    else setTimeout(taken, sliceMs - (now - this.#sliceMs));
  }

  #counted(bytes: number): void {
    this.#sincePacket += bytes;
    if (this.#sincePacket <= pieceLimitBytes) return;
    this.#cause ??= new HalError('too-large', this.#place, 'the broker sends a packet that is larger than was allowed');
    this.#socket.destroy();
  }

  #gone(): HalError {
    return this.#open ? new HalError('connection-lost', this.#place, 'the connection to the broker is lost') : new HalError('closed', this.#place, 'the connection is closed');
  }

  #finish(): void {
    const asked = !this.#open;
    this.#open = false;
    this.#socket.destroy();
    this.closed?.(asked ? null : brokerError(this.#place, this.#cause ?? new HalError('connection-lost', this.#place, 'the connection to the broker is lost')));
  }
}
