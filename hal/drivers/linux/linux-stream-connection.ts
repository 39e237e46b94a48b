import type { Socket } from 'node:net';
import type { Endpoint } from '../../datagram.ts';
import type { StreamConnection } from '../../stream.ts';
import { halError } from './errno.ts';

/** What may wait for a peer that does not read. */
const writeLimitBytes = 256 * 1024;
const closeLimitMs = 1000;

/** A connected socket. node:net answers the peer's FIN with our own once what is queued has left. */
export class LinuxStreamConnection implements StreamConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  received: StreamConnection['received'] = null;
  closed: StreamConnection['closed'] = null;
  readonly #socket: Socket;
  #open = true;
  #cause: Error | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    this.remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    socket.on('data', (bytes) => {
      if (this.#open) this.received?.(bytes);
    });
    socket.on('end', () => this.#destroyInTime());
    socket.on('error', (cause) => void (this.#cause = cause));
    socket.once('close', () => this.#finish());
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#open || !this.#socket.writable || this.#socket.writableLength + bytes.length > writeLimitBytes) return false;
    this.#socket.write(Buffer.from(bytes));
    return true;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.end();
    this.#destroyInTime();
  }

  /** A peer that does not read must not hold the socket for ever. */
  #destroyInTime(): void {
    const limit = setTimeout(() => this.#socket.destroy(), closeLimitMs);
    this.#socket.once('close', () => clearTimeout(limit));
  }

  #finish(): void {
    const asked = !this.#open;
    this.#open = false;
    const failed = this.#cause !== null && !asked;
    this.closed?.(failed ? halError(`${this.remote.address}:${this.remote.port}`, this.#cause) : null);
  }
}
