import { isIP } from 'node:net';
import type { Endpoint } from '../../datagram.ts';
import type { Libc } from './libc.ts';

export const AF_INET = 2;
export const AF_INET6 = 10;
/** struct sockaddr_in6, the larger of the two. */
export const socketAddressBytes = 28;

/** struct sockaddr_in or sockaddr_in6 (ip(7), ipv6(7)); null when the address is no literal. */
export function toSocketAddress(libc: Libc, { address, port }: Endpoint): Buffer | null {
  const family = isIP(address) === 6 ? AF_INET6 : AF_INET;
  const bytes = Buffer.alloc(family === AF_INET6 ? socketAddressBytes : 16);
  bytes.writeUInt16LE(family, 0); // the machine's byte order, which is this one wherever the addon runs
  bytes.writeUInt16BE(port, 2);
  return libc.inet_pton(family, address, bytes.subarray(addressAt(family))) === 1 ? bytes : null;
}

/** A literal in network order: 4 or 16 bytes; null when the text is none. */
export function toAddressBytes(libc: Libc, address: string): Buffer | null {
  const bytes = toSocketAddress(libc, { address, port: 0 });
  return bytes === null ? null : addressOf(bytes);
}

/** The part of a struct sockaddr that is the address: 4 or 16 bytes of it, not a copy. */
export function addressOf(bytes: Buffer): Buffer {
  const family = bytes.readUInt16LE(0);
  const from = addressAt(family);
  return bytes.subarray(from, from + (family === AF_INET6 ? 16 : 4));
}

export function fromSocketAddress(libc: Libc, bytes: Buffer): Endpoint {
  const family = bytes.readUInt16LE(0);
  const text = Buffer.alloc(46); // INET6_ADDRSTRLEN
  libc.inet_ntop(family, bytes.subarray(addressAt(family)), text, text.length);
  return { address: text.toString('latin1', 0, text.indexOf(0)), port: bytes.readUInt16BE(2) };
}

function addressAt(family: number): number {
  return family === AF_INET6 ? 8 : 4;
}
