import type { DatagramBatch, Endpoint } from '../../datagram.ts';
import { loadLibc, type Libc } from './libc.ts';
import { ModeratedSet } from './moderated-set.ts';
import { loadKoffi, type Koffi } from './native.ts';
import { packetLimitBytes, PacketQueue } from './packet-queue.ts';
import { bindRawUdp } from './raw-udp.ts';
import { AF_INET, fromSocketAddress, socketAddressBytes, toSocketAddress } from './socket-address.ts';

interface Slot {
  readonly fd: number;
  /** struct sockaddr; empty for an address that no packet can go to; null = drop. */
  to: Uint8Array | null;
  toAddress: bigint;
  toBytes: number;
  /** What was sent last: a port sends from the same buffer again and again. */
  bytes: Uint8Array | null;
  bytesAddress: bigint;
  /** Where the last packet came from, in both forms: the text is made anew only when the sender changes. */
  readonly lastFrom: Int32Array;
  /** Family and port, and an IPv4 address, of it: all that there is to compare of IPv4. */
  fromPort: number;
  fromHost: number;
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
 * Memory is named to the kernel by its address, found out once: the addon finds it out of a buffer in three steps, for each buffer of each call.
 * Whose address is kept is kept itself, and V8 moves no octets of a buffer once its address was asked for.
 *
 * A thread that is terminated from outside, or runs out of heap, leaves its sockets open until the process ends.
 * (sendmmsg would not help: each call has a socket of its own, because its port is what the other side knows it by.)
 */
export class EpollBatch implements DatagramBatch {
  received: DatagramBatch['received'] = null;
  sendFailures = 0;
  readonly #koffi: Koffi;
  readonly #libc: Libc;
  /** By their numbers, which are small. */
  readonly #slots: (Slot | null)[] = [];
  #open = 0;
  readonly #queue = new PacketQueue<Slot>((slot, bytes, length) => this.#send(slot, bytes, length));
  readonly #packet = Buffer.alloc(packetLimitBytes);
  readonly #from = Buffer.alloc(socketAddressBytes);
  readonly #fromWords = new Int32Array(this.#from.buffer, this.#from.byteOffset, addressWords);
  readonly #fromBytes = Uint32Array.of(socketAddressBytes);
  readonly #packetAddress: bigint;
  readonly #fromAddress: bigint;
  readonly #fromBytesAddress: bigint;
  /** The kernel ties descriptors to the process: a thread that dies of an error must close its own, or its successor finds the ports taken. */
  readonly #threadEnds = (): void => this.closeAll();
  /** Exists while a slot is open, so that an idle batch does not keep the process alive. */
  #set: ModeratedSet | null = null;
  #fetches = 0;

  private constructor(koffi: Koffi, libc: Libc) {
    this.#koffi = koffi;
    this.#libc = libc;
    this.#packetAddress = koffi.address(this.#packet);
    this.#fromAddress = koffi.address(this.#from);
    this.#fromBytesAddress = koffi.address(this.#fromBytes);
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
    while (this.#slots.length <= slot) this.#slots.push(null);
    this.#slots[slot] = { fd, to: null, toAddress: 0n, toBytes: 0, bytes: null, bytesAddress: 0n, lastFrom: new Int32Array(addressWords), fromPort: 0, fromHost: 0, from: { address: '', port: 0 } };
    this.#open++;
    return port;
  }

  direct(slot: number, to: Endpoint | null): void {
    const known = this.#at(slot);
    if (known === null) return;
    known.to = to === null ? null : (toSocketAddress(this.#libc, to) ?? nowhere);
    known.toBytes = known.to?.length ?? 0;
    known.toAddress = known.to === null ? 0n : this.#koffi.address(known.to);
  }

  queue(slot: number, bytes: Uint8Array, length: number): void {
    const known = this.#at(slot);
    if (known === null || known.to === null) return;
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
    const known = this.#at(slot);
    if (known === null) return;
    this.#slots[slot] = null;
    known.to = null;
    this.#libc.close(known.fd);
    if (--this.#open === 0) this.#stop();
  }

  closeAll(): void {
    for (let slot = 0; slot < this.#slots.length; slot++) this.close(slot);
  }

  #at(slot: number): Slot | null {
    return slot < this.#slots.length ? (this.#slots[slot] ?? null) : null;
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

  #send(slot: Slot, bytes: Uint8Array, length: number): void {
    if (slot.to === null) return;
    if (slot.bytes !== bytes) {
      slot.bytes = bytes;
      slot.bytesAddress = this.#koffi.address(bytes);
    }
    if (this.#libc.sendto(slot.fd, slot.bytesAddress, length, MSG_DONTWAIT | MSG_NOSIGNAL, slot.toAddress, slot.toBytes) !== length) this.sendFailures++;
  }

  /** One packet at a time: what is left comes again, after the other slots had their turn. False = there was none. */
  #receive(number: number): boolean {
    const slot = this.#at(number); // another packet's receiver may have closed it
    if (slot === null) return false;
    this.#fromBytes[0] = socketAddressBytes;
    const length = this.#libc.recvfrom(slot.fd, this.#packetAddress, packetLimitBytes, MSG_DONTWAIT, this.#fromAddress, this.#fromBytesAddress);
    if (length < 0) return false;
    const { address, port } = this.#sender(slot);
    this.received?.(number, this.#packet, length, address, port);
    return true;
  }

  #sender(slot: Slot): Endpoint {
    if (!this.#isLast(slot)) {
      slot.lastFrom.set(this.#fromWords);
      slot.fromPort = this.#fromWords[0] ?? 0;
      slot.fromHost = this.#fromWords[1] ?? 0;
      slot.from = fromSocketAddress(this.#libc, this.#from);
    }
    return slot.from;
  }

  /** Word by word: `Buffer.equals` leaves JavaScript, for every packet. */
  #isLast({ lastFrom, fromPort, fromHost }: Slot): boolean {
    const words = this.#fromWords;
    if (fromPort !== words[0] || fromHost !== words[1]) return false;
    if (this.#from[0] === AF_INET) return true;
    for (let at = 2; at < addressWords; at++) if (lastFrom[at] !== words[at]) return false;
    return true;
  }
}
