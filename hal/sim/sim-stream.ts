import type { Endpoint } from '../datagram.ts';
import { HalError } from '../errors.ts';
import type { StreamConnection, StreamListener, StreamNet } from '../stream.ts';
import { isIpv6 } from './sim-address.ts';
import type { SimHost } from './sim-host.ts';
import type { SimNetwork } from './sim-network.ts';
import { SimStreamConnection } from './sim-stream-connection.ts';

export type SimAccept = (connection: StreamConnection) => void;

/** A connection request that got no answer is sent again after this (RFC 6298: 1 s). */
const synRetryMs = 1000;

export class SimStreamNet implements StreamNet {
  readonly #network: SimNetwork;
  readonly #host: SimHost;
  #nextPort = 32_768;

  constructor(network: SimNetwork, host: SimHost) {
    this.#network = network;
    this.#host = host;
  }

  async listen(local: Endpoint, accepted: SimAccept): Promise<StreamListener> {
    this.#host.refuseIfToldTo(local);
    const bound = this.#host.listeners.claim(local, accepted);
    return { local: bound, close: () => this.#host.listeners.release(bound) };
  }

  async connect(to: Endpoint, timeoutMs: number): Promise<StreamConnection> {
    const place = `${to.address}:${to.port}`;
    const far = await this.#handshake(to.address, place, timeoutMs);
    if (far === null) throw new HalError('unreachable', place, 'no such host');
    const accept = far.listeners.find(to);
    if (accept === null) throw new HalError('connection-refused', place, 'nobody listens there');
    return this.#join(far, to, accept);
  }

  /** Resolves when an answer, good or bad, has come back, to the host that gave it. */
  async #handshake(address: string, place: string, timeoutMs: number): Promise<SimHost | null> {
    const { clock } = this.#network;
    const deadlineMs = clock.monotonic() + timeoutMs;
    let far = this.#network.find(this.#host, address);
    while (far !== null && !this.#answers(far, address) && clock.monotonic() + synRetryMs < deadlineMs) {
      await this.#wait(synRetryMs);
      far = this.#network.find(this.#host, address);
    }
    const tripMs = far === null ? 1 : this.#roundTripMs(far);
    const leftMs = deadlineMs - clock.monotonic();
    const lost = far !== null && !this.#answers(far, address);
    await this.#wait(Math.max(0, lost ? leftMs : Math.min(tripMs, leftMs)));
    if (lost || tripMs > leftMs) throw new HalError('timed-out', place, `no answer in ${timeoutMs} ms`);
    return far;
  }

  #join(far: SimHost, to: Endpoint, accept: SimAccept): StreamConnection {
    const address = this.#host.sourceFor(isIpv6(to.address) ? '::' : '0.0.0.0', to.address);
    const from = { address, port: this.#nextPort };
    this.#nextPort = this.#nextPort >= 49_151 ? 32_768 : this.#nextPort + 1;
    const near = new SimStreamConnection(this.#network, this.#host, from, to);
    const other = new SimStreamConnection(this.#network, far, to, from);
    SimStreamConnection.join(near, other);
    accept(other);
    return near;
  }

  #answers(far: SimHost, address: string): boolean {
    return far.owns(address) && this.#network.passes(this.#host, far) && this.#network.passes(far, this.#host);
  }

  #roundTripMs(far: SimHost): number {
    const there = this.#network.link(this.#host, far).streamArrival(0);
    return there + this.#network.link(far, this.#host).streamArrival(0);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#network.clock.after('wire tcp connect', ms, resolve));
  }
}
