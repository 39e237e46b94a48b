import type { DatagramBatch, Endpoint } from '../../datagram.ts';
import { loadLibc, type Libc } from './libc.ts';
import { ModeratedSet } from './moderated-set.ts';
import { loadKoffi, type Koffi } from './native.ts';
import { packetLimitBytes, PacketQueue } from './packet-queue.ts';
import { bindRawUdp } from './raw-udp.ts';
import { fromSocketAddress, socketAddressBytes, toSocketAddress } from './socket-address.ts';

interface Slot {
  readonly fd: number;
  /** struct sockaddr; empty for an address that no packet can go to; null = drop. */
  to: Uint8Array | null;
  /** Where the last packet came from, in both forms: the text is made anew only when the sender changes. */
  readonly lastFrom: Int32Array;
  from: Endpoint;
}

const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** More than the kernel keeps of one call. */
const fetchLimit = 1024;
const addressWords = socketAddressBytes / Int32Array.BYTES_PER_ELEMENT;
const nowhere = new Uint8Array(0);

/**
 * Sockets driven by system calls of their own, without the layers of node:dgram: about three fifths of its processor time
 * (12,500 packets/s both ways over loopback, evenly spread: 10.5 % of a core against 16 % woken by each and 20 % by node:dgram).
 *
 *   flush -> sendto per packet, straight from the caller's buffer
 *   all sockets in one epoll set; a wake-up of Node's loop, or with much traffic a look every 5 ms -> recvfrom per packet into one buffer
 *
 * A thread that is terminated from outside, or runs out of heap, leaves its sockets open until the process ends.
 * (sendmmsg would not help: each call has a socket of its own, because its port is what the other side knows it by.)
 */
export class EpollBatch implements DatagramBatch {
  received: DatagramBatch['received'] = null;
  sendFailures = 0;
  readonly #koffi: Koffi;
  readonly #libc: Libc;
  readonly #slots = new Map<number, Slot>();
  readonly #queue = new PacketQueue<Slot>((slot, bytes, length) => this.#send(slot, bytes, length));
  readonly #packet = Buffer.alloc(packetLimitBytes);
  readonly #from = Buffer.alloc(socketAddressBytes);
  readonly #fromWords = new Int32Array(this.#from.buffer, this.#from.byteOffset, addressWords);
  readonly #fromBytes = Uint32Array.of(socketAddressBytes);
  /** The kernel ties descriptors to the process: a thread that dies of an error must close its own, or its successor finds the ports taken. */
  readonly #threadEnds = (): void => this.closeAll();
  /** Exists while a slot is open, so that an idle batch does not keep the process alive. */
  #set: ModeratedSet | null = null;
  #fetches = 0;

  private constructor(koffi: Koffi, libc: Libc) {
    this.#koffi = koffi;
    this.#libc = libc;
  }

  /** Errors: unsupported. */
  static async create(): Promise<EpollBatch> {
    return new EpollBatch(await loadKoffi(), await loadLibc());
  }

  /** There is so much traffic that packets are fetched every 5 ms instead of one by one. */
  get looking(): boolean {
    return this.#set?.looking ?? false;
  }

  get turn(): number {
    return this.#fetches + (this.#set?.turn ?? 0);
  }

  async open(slot: number, local: Endpoint, ahead = false): Promise<number> {
    this.close(slot);
    const { fd, port } = bindRawUdp(this.#libc, local, ahead);
    try {
      this.#set ??= this.#start();
      this.#set.add(fd, slot);
    } catch (error) {
      this.#libc.close(fd);
      throw error;
    }
    this.#slots.set(slot, { fd, to: null, lastFrom: new Int32Array(addressWords), from: { address: '', port: 0 } });
    return port;
  }

  direct(slot: number, to: Endpoint | null): void {
    const known = this.#slots.get(slot);
    if (known !== undefined) known.to = to === null ? null : (toSocketAddress(this.#libc, to) ?? nowhere);
  }

  queue(slot: number, bytes: Uint8Array, length: number): void {
    const known = this.#slots.get(slot);
    if (known === undefined || known.to === null) return;
    if (!this.#queue.add(known, bytes, length)) this.sendFailures++;
  }

  flush(): void {
    this.#queue.drain();
  }

  fetch(slot: number): void {
    this.#fetches++;
    for (let left = fetchLimit; left > 0 && this.#receive(slot); left--);
  }

  close(slot: number): void {
    const known = this.#slots.get(slot);
    if (known === undefined) return;
    this.#slots.delete(slot);
    known.to = null;
    this.#libc.close(known.fd);
    if (this.#slots.size > 0) return;
    this.#stop();
  }

  closeAll(): void {
    for (const slot of [...this.#slots.keys()]) this.close(slot);
  }

  #start(): ModeratedSet {
    process.on('exit', this.#threadEnds);
    return new ModeratedSet(this.#koffi, this.#libc, (ready) => void this.#receive(ready));
  }

  #stop(): void {
    process.off('exit', this.#threadEnds);
    this.#set?.close();
    this.#set = null;
  }

  #send({ fd, to }: Slot, bytes: Uint8Array, length: number): void {
    if (to === null) return;
    if (this.#libc.sendto(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL, to, to.length) !== length) this.sendFailures++;
  }

  /** One packet at a time: what is left comes again, after the other slots had their turn. False = there was none. */
  #receive(number: number): boolean {
    const slot = this.#slots.get(number); // another packet's receiver may have closed it
    if (slot === undefined) return false;
    this.#fromBytes[0] = socketAddressBytes;
    const length = this.#libc.recvfrom(slot.fd, this.#packet, packetLimitBytes, MSG_DONTWAIT, this.#from, this.#fromBytes);
    if (length < 0) return false;
    const { address, port } = this.#sender(slot);
    this.received?.(number, this.#packet, length, address, port);
    return true;
  }

  #sender(slot: Slot): Endpoint {
    if (!this.#isFrom(slot.lastFrom)) {
      slot.lastFrom.set(this.#fromWords);
      slot.from = fromSocketAddress(this.#libc, this.#from);
    }
    return slot.from;
  }

  /** Word by word: `Buffer.equals` leaves JavaScript, for every packet. */
  #isFrom(last: Int32Array): boolean {
    for (let at = 0; at < addressWords; at++) if (last[at] !== this.#fromWords[at]) return false;
    return true;
  }
}
