import type { Socket } from 'node:dgram';
import type { DatagramNet, DatagramSocket, Endpoint } from '../../datagram.ts';
import { HalError } from '../../errors.ts';
import { halError } from './errno.ts';
import { bindUdp, connectUdp } from './udp-socket.ts';

/** Signalling comes in bursts (every phone registers after a power cut): a second of 64-byte to 2 KB packets fits. */
const receiveBufferBytes = 1024 * 1024;
/** What may wait in Node when the kernel's send buffer is full; beyond it packets are refused. */
const waitingLimitBytes = 256 * 1024;

export class LinuxDatagramNet implements DatagramNet {
  async bind(local: Endpoint): Promise<DatagramSocket> {
    return new LinuxDatagramSocket(await bindUdp(local, { receiveBytes: receiveBufferBytes }), null);
  }

  async connect(local: Endpoint, peer: Endpoint): Promise<DatagramSocket> {
    const socket = await bindUdp(local, { receiveBytes: receiveBufferBytes, sharesPort: true });
    return new LinuxDatagramSocket(await connectUdp(socket, peer), peer);
  }
}

class LinuxDatagramSocket implements DatagramSocket {
  readonly local: Endpoint;
  received: DatagramSocket['received'] = null;
  failed: DatagramSocket['failed'] = null;
  readonly #socket: Socket;
  /** null = it is connected to nobody. */
  readonly #peer: Endpoint | null;
  #closed = false;

  constructor(socket: Socket, peer: Endpoint | null) {
    const { address, port } = socket.address();
    this.local = { address, port };
    this.#socket = socket;
    this.#peer = peer;
    socket.on('message', (bytes, from) => {
      if (!this.#closed) this.received?.(bytes, { address: from.address, port: from.port });
    });
    socket.on('error', (cause) => this.#fail(cause, peer));
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    if (this.#closed) return;
    try {
      if (this.#socket.getSendQueueSize() > waitingLimitBytes) throw new HalError('no-space', place(to), 'the send buffer is full');
      const sent = (cause: Error | null): void => {
        if (cause !== null) this.#fail(cause, to);
      };
      if (this.#peer === null) this.#socket.send(Buffer.from(bytes), to.port, to.address, sent);
      else this.#socket.send(Buffer.from(bytes), sent);
    } catch (cause) {
      setImmediate(() => this.#fail(cause, to));
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  #fail(cause: unknown, to: Endpoint | null): void {
    if (!this.#closed) this.failed?.(halError(place(to ?? this.local), cause), to);
  }
}

function place({ address, port }: Endpoint): string {
  return `${address}:${port}`;
}
