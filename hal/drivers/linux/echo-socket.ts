import { HalError } from '../../errors.ts';
import { fromErrno } from './errno.ts';
import { echoRequest, parseEchoReply, type Echo } from './icmp-echo.ts';
import type { Libc } from './libc.ts';
import { AF_INET, AF_INET6, addressOf, socketAddressBytes } from './socket-address.ts';

const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const IPPROTO_ICMP = 1;
const IPPROTO_ICMPV6 = 58;
const SOL_RAW = 255;
const ICMP_FILTER = 1;
const EPERM = 1;
const EACCES = 13;
const EAFNOSUPPORT = 97;
/** A reply is no longer than its request; whatever is cut off by this is not ours. */
const packetBytes = 256;
/** Something to carry, as routers that drop empty pings would have it. */
const data = Buffer.from('understudy echo ');

/**
 * One ICMP descriptor for one family: the kernel's own ping socket where the group may have one (icmp(7), ping_group_range),
 * whose identifier is the port it is bound to, else a raw socket, which sees every ICMP message of the machine.
 */
export class EchoSocket {
  readonly fd: number;
  readonly #libc: Libc;
  readonly #family: number;
  readonly #raw: boolean;
  readonly #packet = Buffer.alloc(packetBytes);
  readonly #from = Buffer.alloc(socketAddressBytes);

  /** Throws permission-denied, unsupported, too-many-open, address-in-use (somebody else's identifier). */
  constructor(libc: Libc, family: number, identifier: number) {
    this.#libc = libc;
    this.#family = family;
    const flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    const protocol = family === AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
    const fd = libc.socket(family, SOCK_DGRAM | flags, protocol);
    this.#raw = fd < 0;
    this.fd = this.#raw ? libc.socket(family, SOCK_RAW | flags, protocol) : fd;
    if (this.fd < 0) throw notOpened(libc.errno());
    if (this.#raw) this.#onlyReplies();
    else this.#claim(identifier);
  }

  /** `to`: struct sockaddr. False when the kernel has no way to it, or a firewall forbids it. */
  send(echo: Echo, to: Buffer): boolean {
    const bytes = echoRequest(this.#family, echo, data);
    return this.#libc.sendto(this.fd, bytes, bytes.length, MSG_DONTWAIT, to, to.length) === bytes.length;
  }

  /** The next reply and the address it came from; 'other' = something else came; null = nothing. */
  receive(): { echo: Echo; source: Buffer } | 'other' | null {
    const length = this.#libc.recvfrom(this.fd, this.#packet, packetBytes, MSG_DONTWAIT, this.#from, Uint32Array.of(socketAddressBytes));
    if (length < 0) return null;
    const echo = parseEchoReply(this.#family, this.#packet.subarray(0, length), this.#raw && this.#family === AF_INET);
    return echo === null ? 'other' : { echo, source: addressOf(this.#from) };
  }

  close(): void {
    this.#libc.close(this.fd);
  }

  #claim(identifier: number): void {
    const local = Buffer.alloc(this.#family === AF_INET6 ? socketAddressBytes : 16);
    local.writeUInt16LE(this.#family, 0);
    local.writeUInt16BE(identifier, 2);
    if (this.#libc.bind(this.fd, local, local.length) === 0) return;
    const error = fromErrno('ICMP echo', 'bind', this.#libc.errno());
    this.close();
    throw error;
  }

  /** So that a machine that is being pinged does not wake us; refused by nobody, and needed by nothing. */
  #onlyReplies(): void {
    if (this.#family === AF_INET) this.#libc.setsockopt(this.fd, SOL_RAW, ICMP_FILTER, Int32Array.of(~1), 4); // a bit per type to drop
    else this.#libc.setsockopt(this.fd, IPPROTO_ICMPV6, ICMP_FILTER, Int32Array.of(-1, -1, -1, -1, ~2, -1, -1, -1), 32); // 129 is bit 1 of word 4
  }
}

function notOpened(errno: number): HalError {
  if (errno === EPERM || errno === EACCES) {
    return fromErrno('ICMP echo', 'asking needs a group within net.ipv4.ping_group_range, or the privilege CAP_NET_RAW: socket', errno);
  }
  return errno === EAFNOSUPPORT ? new HalError('unsupported', 'ICMP echo', 'this kernel lacks the protocol') : fromErrno('ICMP echo', 'socket', errno);
}
