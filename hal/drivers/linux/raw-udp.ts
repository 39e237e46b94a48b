import type { Endpoint } from '../../datagram.ts';
import type { HalError } from '../../errors.ts';
import { fromErrno } from './errno.ts';
import type { Libc } from './libc.ts';
import { AF_INET, AF_INET6, fromSocketAddress, socketAddressBytes, toSocketAddress } from './socket-address.ts';

const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const EINVAL = 22;
/** Bind to what is no address of this machine, or not yet (ip(7)); of IPv6 since Linux 4.15. */
const freeBind = { [AF_INET]: { level: 0, option: 15 }, [AF_INET6]: { level: IPPROTO_IPV6, option: 78 } } as Readonly<Record<number, { level: number; option: number }>>;

/** A bound UDP descriptor. */
export interface RawUdp {
  readonly fd: number;
  readonly port: number;
}

/** `ahead`: the address may come to this machine later. Throws address-in-use, address-unavailable, permission-denied, too-many-open. */
export function bindRawUdp(libc: Libc, local: Endpoint, ahead = false): RawUdp {
  const place = `${local.address}:${local.port}`;
  const address = toSocketAddress(libc, local);
  if (address === null) throw fromErrno(place, 'inet_pton', EINVAL);
  const family = address.readUInt16LE(0);
  const fd = libc.socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw fromErrno(place, 'socket', libc.errno());
  if (family === AF_INET6 && libc.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, Int32Array.of(1), 4) < 0) throw abandoned(libc, fd, place, 'setsockopt');
  const free = freeBind[family];
  // A kernel without it says at bind what is wrong.
  if (ahead && free !== undefined) libc.setsockopt(fd, free.level, free.option, Int32Array.of(1), 4);
  if (libc.bind(fd, address, address.length) < 0) throw abandoned(libc, fd, place, 'bind');
  const bound = Buffer.alloc(socketAddressBytes);
  if (libc.getsockname(fd, bound, Uint32Array.of(bound.length)) < 0) throw abandoned(libc, fd, place, 'getsockname');
  return { fd, port: fromSocketAddress(libc, bound).port };
}

function abandoned(libc: Libc, fd: number, place: string, call: string): HalError {
  const error = fromErrno(place, call, libc.errno());
  libc.close(fd);
  return error;
}
