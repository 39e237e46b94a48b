// The modem's end of a serial port of an emulated machine, which is a Unix socket. Control lines do not pass: the port counts as open for ever.
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import type { ModemWire } from './modem-wire.ts';

/** More waits in neither direction: what the host sends faster than a real line carries stays in the socket. */
const mostWaiting = 4096;

export class SocketWire implements ModemWire {
  readonly #socket: Socket;
  #waiting: Uint8Array = new Uint8Array(0);

  /** Errors: nobody listens at `path`. */
  static open(path: string): Promise<SocketWire> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ path });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new SocketWire(socket)));
    });
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined); // the machine is off
    socket.on('data', (bytes) => {
      this.#waiting = Buffer.concat([this.#waiting, bytes as Uint8Array]);
      if (this.#waiting.length >= mostWaiting) socket.pause();
    });
  }

  read(limit: number): Uint8Array {
    const bytes = this.#waiting.subarray(0, Math.max(0, limit));
    this.#waiting = this.#waiting.subarray(bytes.length);
    if (this.#waiting.length < mostWaiting) this.#socket.resume();
    return bytes;
  }

  write(bytes: Uint8Array): number {
    if (this.#socket.destroyed || bytes.length === 0) return 0;
    const some = bytes.slice(0, Math.max(0, mostWaiting - this.#socket.writableLength));
    if (some.length > 0) this.#socket.write(some);
    return some.length;
  }

  close(): void {
    this.#socket.destroy();
  }
}
