import type { DatagramNet, DatagramSocket, Endpoint } from '../datagram.ts';
import type { HalError } from '../errors.ts';
import type { SimHost } from './sim-host.ts';

export class SimDatagramNet implements DatagramNet {
  readonly #host: SimHost;

  constructor(host: SimHost) {
    this.#host = host;
  }

  async bind(local: Endpoint): Promise<DatagramSocket> {
    return new SimDatagramSocket(this.#host, local, null);
  }

  async connect(local: Endpoint, peer: Endpoint): Promise<DatagramSocket> {
    return new SimDatagramSocket(this.#host, local, peer);
  }
}

class SimDatagramSocket implements DatagramSocket {
  readonly local: Endpoint;
  received: DatagramSocket['received'] = null;
  failed: DatagramSocket['failed'] = null;
  readonly #host: SimHost;
  readonly #peer: Endpoint | null;
  #closed = false;

  constructor(host: SimHost, local: Endpoint, peer: Endpoint | null) {
    this.#host = host;
    this.#peer = peer;
    this.local = host.claimDatagram(local, (bytes, from) => this.received?.(bytes, from), peer);
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    if (this.#closed) return;
    this.#host.send(this.local, to, bytes, (error) => this.#refused(error, to), this.#peer !== null);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#host.releaseDatagram(this.local, this.#peer);
  }

  #refused(error: HalError, to: Endpoint): void {
    if (!this.#closed) this.failed?.(error, to);
  }
}
