import type { DatagramNet, DatagramSocket, Endpoint } from '../../../hal/datagram.ts';
import type { HalError } from '../../../hal/errors.ts';

export interface UdpHandlers {
  /** `shared`: it came to the shared address. */
  received(bytes: Uint8Array, from: Endpoint, shared: boolean): void;
  failed(error: HalError, to: Endpoint | null): void;
}

/** SIP over UDP: one socket for everything of our own, so that answers come from where requests were sent; one more for the shared address while we hold it. */
export class UdpTransport {
  readonly #net: DatagramNet;
  readonly #handlers: UdpHandlers;
  #own: DatagramSocket | null = null;
  #shared: DatagramSocket | null = null;

  constructor(net: DatagramNet, handlers: UdpHandlers) {
    this.#net = net;
    this.#handlers = handlers;
  }

  /** Resolves to the bound port. Errors: those of DatagramNet.bind. */
  async open(local: Endpoint): Promise<number> {
    this.#own = await this.#bind(local, false);
    return this.#own.local.port;
  }

  /** null = the shared address is given up. Errors: those of DatagramNet.bind. */
  async share(local: Endpoint | null): Promise<void> {
    this.#shared?.close();
    this.#shared = null;
    if (local !== null) this.#shared = await this.#bind(local, true);
  }

  /** Answers to what came to a shared address that is ours no more leave from our own: better than none. */
  send(bytes: Uint8Array, to: Endpoint, shared: boolean): void {
    ((shared ? this.#shared : null) ?? this.#own)?.send(bytes, to);
  }

  close(): void {
    for (const socket of [this.#own, this.#shared]) socket?.close();
    this.#own = null;
    this.#shared = null;
  }

  async #bind(local: Endpoint, shared: boolean): Promise<DatagramSocket> {
    const socket = await this.#net.bind(local);
    socket.received = (bytes, from) => this.#handlers.received(bytes, from, shared);
    socket.failed = (error, to) => this.#handlers.failed(error, to);
    return socket;
  }
}
