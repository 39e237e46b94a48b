import type { DatagramNet, DatagramSocket, Endpoint } from '../datagram.ts';
import type { HalError } from '../errors.ts';
import type { SimHost } from './sim-host.ts';

export class SimDatagramNet implements DatagramNet {
  readonly #host: SimHost;

  constructor(host: SimHost) {
    this.#host = host;
  }

  async bind(local: Endpoint): Promise<DatagramSocket> {
    return new SimDatagramSocket(this.#host, local);
  }
}

class SimDatagramSocket implements DatagramSocket {
  readonly local: Endpoint;
  received: DatagramSocket['received'] = null;
  failed: DatagramSocket['failed'] = null;
  readonly #host: SimHost;
  #closed = false;

  constructor(host: SimHost, local: Endpoint) {
    this.#host = host;
    this.local = host.claimDatagram(local, (bytes, from) => this.received?.(bytes, from));
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    if (this.#closed) return;
    this.#host.send(this.local, to, bytes, (error) => this.#refused(error, to));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#host.releaseDatagram(this.local);
  }

  #refused(error: HalError, to: Endpoint): void {
    if (!this.#closed) this.failed?.(error, to);
  }
}
