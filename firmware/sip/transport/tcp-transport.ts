import type { Clock, MonotonicMs, Timer } from '../../../hal/clock.ts';
import type { Endpoint } from '../../../hal/datagram.ts';
import type { StreamConnection, StreamListener, StreamNet } from '../../../hal/stream.ts';
import { StreamFramer } from '../syntax/stream-framer.ts';

/** A connection that is being made holds at most this many messages; further ones fail. */
const maxWaiting = 32;
const connectMs = 4000;
/** Longer than any session goes without a refresh, so that calls do not lose their connection. */
const idleLimitMs = 60 * 60_000;

export interface TcpHandlers {
  /** Whether a connection from there is taken at all. */
  admits(from: Endpoint): boolean;
  /** `shared`: the connection was made to the shared address. */
  received(bytes: Uint8Array, from: Endpoint, connection: number, shared: boolean): void;
  /** No message can be sent on it any more. */
  lost(connection: number, text: string): void;
}

interface Connection {
  readonly number: number;
  readonly remote: Endpoint;
  /** It came to the shared address. */
  readonly shared: boolean;
  readonly framer: StreamFramer;
  /** null while it is being made. */
  stream: StreamConnection | null;
  waiting: Uint8Array[];
  usedMs: MonotonicMs;
  idle: Timer | null;
}

const pong = Buffer.from('\r\n');

/** SIP over TCP (RFC 3261 18): connections made by either side, reused in both directions, bounded in number. */
export class TcpTransport {
  readonly #net: StreamNet;
  readonly #clock: Clock;
  readonly #handlers: TcpHandlers;
  readonly #connections = new Map<number, Connection>();
  #maxConnections: number;
  #listener: StreamListener | null = null;
  #sharedListener: StreamListener | null = null;
  #next = 1;

  constructor(net: StreamNet, clock: Clock, maxConnections: number, handlers: TcpHandlers) {
    this.#net = net;
    this.#clock = clock;
    this.#maxConnections = maxConnections;
    this.#handlers = handlers;
  }

  set maxConnections(most: number) {
    this.#maxConnections = most;
  }

  /** Errors: those of StreamNet.listen. */
  async listen(local: Endpoint): Promise<number> {
    this.#listener = await this.#net.listen(local, (stream) => this.#accepted(stream, false));
    return this.#listener.local.port;
  }

  /** Also takes connections to the shared address; null = it is given up, with the connections that came to it. Errors: those of StreamNet.listen. */
  async share(local: Endpoint | null): Promise<void> {
    this.#sharedListener?.close();
    this.#sharedListener = null;
    for (const connection of [...this.#connections.values()]) {
      if (connection.shared) this.#drop(connection, 'the shared address is held by the partner now');
    }
    if (local !== null) this.#sharedListener = await this.#net.listen(local, (stream) => this.#accepted(stream, true));
  }

  /** Sends on the connection, or on one to that endpoint, or makes one; returns its number. Failure comes as `lost`. */
  send(bytes: Uint8Array, to: Endpoint, number: number | null): number {
    const connection = this.#connections.get(number ?? -1) ?? this.#find(to) ?? this.#connect(to);
    connection.usedMs = this.#clock.monotonic();
    if (connection.stream !== null) {
      if (!connection.stream.write(bytes)) this.#drop(connection, 'the peer does not read');
    } else if (connection.waiting.length < maxWaiting) connection.waiting.push(bytes);
    else this.#drop(connection, 'too many messages wait for the connection');
    return connection.number;
  }

  /** Ends what there is to that endpoint, as if the other side had. */
  disconnect(from: Endpoint): void {
    for (const connection of [...this.#connections.values()]) {
      if (connection.remote.port === from.port && connection.remote.address === from.address) this.#drop(connection, 'the other side is taken for lost');
    }
  }

  close(): void {
    this.#listener?.close();
    this.#sharedListener?.close();
    for (const { stream, idle } of this.#connections.values()) {
      idle?.cancel();
      stream?.close();
    }
    this.#connections.clear();
  }

  get size(): number {
    return this.#connections.size;
  }

  #find(to: Endpoint): Connection | undefined {
    return [...this.#connections.values()].find(({ remote }) => remote.port === to.port && remote.address === to.address);
  }

  #add(remote: Endpoint, stream: StreamConnection | null, shared = false): Connection {
    if (this.#connections.size >= this.#maxConnections) this.#dropIdlest();
    const connection: Connection = { number: this.#next++, remote, shared, framer: new StreamFramer(), stream, waiting: [], usedMs: this.#clock.monotonic(), idle: null };
    this.#connections.set(connection.number, connection);
    this.#watchIdle(connection, idleLimitMs);
    return connection;
  }

  #watchIdle(connection: Connection, afterMs: number): void {
    connection.idle = this.#clock.after('tcp-idle', afterMs, () => {
      const leftMs = connection.usedMs + idleLimitMs - this.#clock.monotonic();
      if (leftMs > 0) this.#watchIdle(connection, leftMs);
      else this.#drop(connection, 'nobody used it for an hour');
    });
  }

  #dropIdlest(): void {
    const idlest = [...this.#connections.values()].reduce((one, other) => (other.usedMs < one.usedMs ? other : one));
    this.#drop(idlest, 'more connections than the unit keeps; this one was idle longest');
  }

  #accepted(stream: StreamConnection, shared: boolean): void {
    if (!this.#handlers.admits(stream.remote)) return stream.close();
    this.#attach(this.#add(stream.remote, stream, shared), stream);
  }

  #connect(to: Endpoint): Connection {
    const connection = this.#add(to, null);
    this.#net.connect(to, connectMs).then(
      (stream) => this.#connected(connection, stream),
      (error) => this.#drop(connection, String(error)),
    );
    return connection;
  }

  #connected(connection: Connection, stream: StreamConnection): void {
    if (!this.#connections.has(connection.number)) return stream.close();
    connection.stream = stream;
    this.#attach(connection, stream);
    for (const bytes of connection.waiting) stream.write(bytes);
    connection.waiting = [];
  }

  #attach(connection: Connection, stream: StreamConnection): void {
    stream.received = (bytes) => this.#received(connection, bytes);
    stream.closed = (error) => this.#drop(connection, error === null ? 'closed by the peer' : error.message);
  }

  #received(connection: Connection, bytes: Uint8Array): void {
    connection.usedMs = this.#clock.monotonic();
    const framed = connection.framer.push(bytes);
    for (let ping = 0; ping < framed.pings; ping++) connection.stream?.write(pong);
    for (const message of framed.messages) this.#handlers.received(message, connection.remote, connection.number, connection.shared);
    if (framed.fatal !== null) this.#drop(connection, framed.fatal);
  }

  #drop(connection: Connection, text: string): void {
    if (!this.#connections.delete(connection.number)) return;
    connection.idle?.cancel();
    connection.stream?.close();
    this.#clock.after('tcp-lost', 0, () => this.#handlers.lost(connection.number, text));
  }
}
