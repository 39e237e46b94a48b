import type { Socket } from 'node:dgram';
import type { DatagramBatch, Endpoint } from '../../datagram.ts';
import { HalError } from '../../errors.ts';
import { packetLimitBytes, PacketQueue } from './packet-queue.ts';
import { bindUdp } from './udp-socket.ts';

interface Slot {
  readonly socket: Socket;
  to: Endpoint | null;
}

/**
 * The reference implementation over node:dgram: one socket per slot, one system call per packet.
 *
 *   queue -> [slot, bytes, length] ... flush -> copied to the scratch buffer -> sendmsg, within the call
 *
 * Node does not copy what the kernel cannot take at once; it keeps the buffer for later. So each packet is copied first, and a
 * scratch buffer that Node has kept is left to it and replaced. Node cannot bind ahead of an address, unless the machine lets
 * everybody (sysctl net.ipv4.ip_nonlocal_bind).
 */
export class DgramBatch implements DatagramBatch {
  received: DatagramBatch['received'] = null;
  sendFailures = 0;
  turn = 0;
  readonly #slots = new Map<number, Slot>();
  /** The latest call of `open` that still waits, by slot. */
  readonly #opening = new Map<number, symbol>();
  readonly #queue = new PacketQueue<Slot>((slot, bytes, length) => this.#send(slot, bytes, length));
  #scratch = Buffer.allocUnsafeSlow(packetLimitBytes);
  /** One function for all packets. */
  readonly #sent = (error: Error | null): void => {
    if (error !== null) this.sendFailures++;
  };

  async open(slot: number, local: Endpoint): Promise<number> {
    this.close(slot);
    const opening = Symbol();
    this.#opening.set(slot, opening);
    const socket = await bindUdp(local);
    if (this.#opening.get(slot) !== opening) {
      socket.close();
      throw new HalError('closed', `${local.address}:${local.port}`, `slot ${slot} was closed or opened anew while it opened`);
    }
    this.#opening.delete(slot);
    socket.on('message', (bytes, from) => {
      this.turn++;
      if (this.#slots.get(slot)?.socket === socket) this.received?.(slot, bytes, bytes.length, from.address, from.port);
    });
    socket.on('error', () => void this.sendFailures++);
    this.#slots.set(slot, { socket, to: null });
    return socket.address().port;
  }

  direct(slot: number, to: Endpoint | null): void {
    const known = this.#slots.get(slot);
    if (known !== undefined) known.to = to;
  }

  queue(slot: number, bytes: Uint8Array, length: number): void {
    const known = this.#slots.get(slot);
    if (known === undefined || known.to === null) return;
    if (!this.#queue.add(known, bytes, length)) this.sendFailures++;
  }

  flush(): void {
    this.#queue.drain();
  }

  fetch(): void {}

  close(slot: number): void {
    this.#opening.delete(slot);
    const known = this.#slots.get(slot);
    if (known === undefined) return;
    this.#slots.delete(slot);
    known.to = null;
    known.socket.close();
  }

  closeAll(): void {
    for (const slot of [...this.#opening.keys(), ...this.#slots.keys()]) this.close(slot);
  }

  #send({ socket, to }: Slot, bytes: Uint8Array, length: number): void {
    if (to === null) return;
    const scratch = this.#scratch;
    for (let at = 0; at < length; at++) scratch[at] = bytes[at] ?? 0;
    try {
      socket.send(scratch, 0, length, to.port, to.address, this.#sent);
      if (socket.getSendQueueCount() > 0) this.#scratch = Buffer.allocUnsafeSlow(packetLimitBytes);
    } catch {
      this.sendFailures++; // a port or address that no packet can go to
    }
  }
}
