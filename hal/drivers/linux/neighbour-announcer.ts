import { HalError } from '../../errors.ts';
import { arpAnnouncement } from './arp-packet.ts';
import { fromErrno } from './errno.ts';
import type { Libc } from './libc.ts';
import type { Link } from './link-message.ts';
import { neighbourAdvertisement } from './neighbour-advertisement.ts';
import { AF_INET6 } from './socket-address.ts';

const AF_PACKET = 17;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const EPERM = 1;
const ETH_P_ARP = 0x0806;
const broadcast = Buffer.alloc(6, 0xff);
const IPPROTO_IPV6 = 41;
const IPPROTO_ICMPV6 = 58;
const IPV6_MULTICAST_IF = 17;
const IPV6_MULTICAST_HOPS = 18;
const IPV6_MULTICAST_LOOP = 19;
/** Receivers drop any other: it proves that no router passed it on (RFC 4861 section 7.1.2). */
const hopLimit = 255;
/** ff02::1 */
const allNodes = Buffer.from('ff020000000000000000000000000001', 'hex');

/** Gratuitous ARP in both forms, to everybody on the link. Throws permission-denied, unreachable, unsupported. */
export function announceByArp(libc: Libc, link: Link, address: Buffer, place: string): void {
  // Protocol 0: this socket is given nothing to read.
  withSocket(libc, place, [AF_PACKET, SOCK_DGRAM, 0], (socket) => {
    for (const form of ['request', 'reply'] as const) socket.send(arpAnnouncement(form, link.hardwareAddress, address), packetAddress(link));
  });
}

/** An unsolicited neighbour advertisement, from the address itself to all nodes on the link. Throws as above, and address-unavailable. */
export function announceByAdvertisement(libc: Libc, link: Link, address: Buffer, place: string): void {
  withSocket(libc, place, [AF_INET6, SOCK_RAW, IPPROTO_ICMPV6], (socket) => {
    socket.set(IPV6_MULTICAST_HOPS, hopLimit);
    socket.set(IPV6_MULTICAST_IF, link.index);
    socket.set(IPV6_MULTICAST_LOOP, 0); // a machine that hears its own reports a conflict in the kernel's log
    socket.bind(socketAddress6(address, link));
    socket.send(neighbourAdvertisement(link.hardwareAddress, address), socketAddress6(allNodes, link));
  });
}

interface RawSocket {
  set(option: number, value: number): void;
  bind(address: Buffer): void;
  send(bytes: Buffer, to: Buffer): void;
}

function withSocket(libc: Libc, place: string, [domain, type, protocol]: readonly [number, number, number], use: (socket: RawSocket) => void): void {
  const fd = libc.socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (fd < 0) throw notOpened(libc, place);
  const must = (call: string, result: number): void => {
    if (result < 0) throw fromErrno(place, call, libc.errno());
  };
  try {
    use({
      set: (option, value) => must('setsockopt', libc.setsockopt(fd, IPPROTO_IPV6, option, Int32Array.of(value), 4)),
      bind: (address) => must('bind', libc.bind(fd, address, address.length)),
      send: (bytes, to) => must('sendto', libc.sendto(fd, bytes, bytes.length, MSG_DONTWAIT, to, to.length)),
    });
  } finally {
    libc.close(fd);
  }
}

function notOpened(libc: Libc, place: string): HalError {
  const errno = libc.errno();
  return fromErrno(place, errno === EPERM ? 'telling the neighbours needs the privilege CAP_NET_RAW: socket' : 'socket', errno);
}

/** struct sockaddr_ll (packet(7)) */
function packetAddress({ index }: Link): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16LE(AF_PACKET, 0);
  bytes.writeUInt16BE(ETH_P_ARP, 2);
  bytes.writeInt32LE(index, 4);
  bytes.writeUInt8(broadcast.length, 11);
  broadcast.copy(bytes, 12);
  return bytes;
}

/** struct sockaddr_in6 with the interface as its scope */
function socketAddress6(address: Buffer, { index }: Link): Buffer {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt16LE(AF_INET6, 0);
  address.copy(bytes, 8);
  bytes.writeUInt32LE(index, 24);
  return bytes;
}
