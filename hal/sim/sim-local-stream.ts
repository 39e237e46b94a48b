import type { Clock } from '../clock.ts';
import { HalError } from '../errors.ts';
import type { LocalConnection, LocalListener, LocalStreams } from '../local-stream.ts';

/** What may wait for an end that does not read; the Linux driver's limit. */
const writeLimitBytes = 256 * 1024;

type Accept = (connection: LocalConnection) => void;

/** Named sockets of one simulated machine. `leave` is a program that ended without taking its name away; `stall` an end that does not read. */
export class SimLocalStreams implements LocalStreams {
  readonly #clock: Clock;
  readonly #names = new Map<string, Accept | null>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async listen(path: string, accepted: Accept): Promise<LocalListener> {
    if (Buffer.byteLength(path) > 107) throw new HalError('too-large', path, 'the path of a socket has at most 107 bytes');
    if (this.#names.get(path)) throw new HalError('address-in-use', path, 'a program listens there');
    this.#names.set(path, accepted);
    return { close: () => void (this.#names.get(path) === accepted && this.#names.delete(path)) };
  }

  async connect(path: string): Promise<SimLocalConnection> {
    if (Buffer.byteLength(path) > 107) throw new HalError('too-large', path, 'the path of a socket has at most 107 bytes');
    const accept = this.#names.get(path);
    if (accept === undefined) throw new HalError('not-found', path, 'there is no such socket');
    if (accept === null) throw new HalError('connection-refused', path, 'nobody listens there');
    const [near, far] = [new SimLocalConnection(this.#clock), new SimLocalConnection(this.#clock)];
    near.peer = far;
    far.peer = near;
    accept(far);
    return near;
  }

  leave(path: string): void {
    this.#names.set(path, null);
  }
}

export class SimLocalConnection implements LocalConnection {
  received: LocalConnection['received'] = null;
  closed: LocalConnection['closed'] = null;
  peer: SimLocalConnection | null = null;
  /** Does not read: what is sent to it waits. */
  stall = false;
  readonly #clock: Clock;
  #open = true;
  #waitingBytes = 0;
  readonly #waiting: Uint8Array[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  write(bytes: Uint8Array): boolean {
    const { peer } = this;
    if (!this.#open || peer === null || peer.#waitingBytes + bytes.length > writeLimitBytes) return false;
    peer.#waitingBytes += bytes.length;
    peer.#waiting.push(new Uint8Array(bytes));
    this.#clock.after('local-stream', 0, () => peer.#deliver());
    return true;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#clock.after('local-stream', 0, () => {
      this.closed?.(null);
      if (this.peer !== null) this.peer.#ended();
    });
  }

  #deliver(): void {
    if (this.stall) return;
    for (let bytes = this.#waiting.shift(); bytes !== undefined; bytes = this.#waiting.shift()) {
      this.#waitingBytes -= bytes.length;
      if (this.#open) this.received?.(bytes);
      bytes.fill(0xee);
    }
  }

  #ended(): void {
    if (!this.#open) return;
    this.#deliver();
    this.#open = false;
    this.closed?.(null);
  }
}
