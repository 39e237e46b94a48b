import type { DatagramNet, DatagramSocket, Endpoint } from '../../../hal/datagram.ts';
import type { HalError } from '../../../hal/errors.ts';

/** UDP whose sockets on a port of their own go deaf when told to: nothing that comes is handed on. */
export class FaultyDatagramNet implements DatagramNet {
  /** Sockets opened from now on are deaf too, so that opening them anew helps nobody. */
  deafForGood = false;
  readonly #real: DatagramNet;
  readonly #open = new Set<FaultySocket>();

  constructor(real: DatagramNet) {
    this.#real = real;
  }

  async bind(local: Endpoint): Promise<DatagramSocket> {
    const socket = new FaultySocket(await this.#real.bind(local), () => this.#open.delete(socket));
    // What asks from a port of the system's choice is a client, and hears its answers.
    if (local.port === 0) return socket;
    this.#open.add(socket);
    socket.deaf = this.deafForGood;
    return socket;
  }

  connect(local: Endpoint, peer: Endpoint): Promise<DatagramSocket> {
    return this.#real.connect(local, peer);
  }

  /** Those that are open now hear nothing any more, or hear again. */
  set deaf(deaf: boolean) {
    for (const socket of this.#open) socket.deaf = deaf;
  }
}

class FaultySocket implements DatagramSocket {
  deaf = false;
  received: DatagramSocket['received'] = null;
  failed: DatagramSocket['failed'] = null;
  readonly #real: DatagramSocket;
  readonly #closed: () => void;

  constructor(real: DatagramSocket, closed: () => void) {
    this.#real = real;
    this.#closed = closed;
    real.received = (bytes, from) => {
      if (!this.deaf) this.received?.(bytes, from);
    };
    real.failed = (error: HalError, to) => this.failed?.(error, to);
  }

  get local(): Endpoint {
    return this.#real.local;
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    this.#real.send(bytes, to);
  }

  close(): void {
    this.#closed();
    this.#real.close();
  }
}
