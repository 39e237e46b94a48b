import type { DatagramNet, DatagramSocket, Endpoint } from '../../../hal/datagram.ts';
import type { HalError } from '../../../hal/errors.ts';

export interface UdpHandlers {
  received(bytes: Uint8Array, from: Endpoint): void;
  failed(error: HalError, to: Endpoint | null): void;
}

/** SIP over UDP: one socket for everything, so that answers come from where requests were sent. */
export class UdpTransport {
  readonly #net: DatagramNet;
  readonly #handlers: UdpHandlers;
  #socket: DatagramSocket | null = null;

  constructor(net: DatagramNet, handlers: UdpHandlers) {
    this.#net = net;
    this.#handlers = handlers;
  }

  /** Resolves to the bound port. Errors: those of DatagramNet.bind. */
  async open(local: Endpoint): Promise<number> {
    const socket = await this.#net.bind(local);
    socket.received = (bytes, from) => this.#handlers.received(bytes, from);
    socket.failed = (error, to) => this.#handlers.failed(error, to);
    this.#socket = socket;
    return socket.local.port;
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    this.#socket?.send(bytes, to);
  }

  close(): void {
    this.#socket?.close();
    this.#socket = null;
  }
}
