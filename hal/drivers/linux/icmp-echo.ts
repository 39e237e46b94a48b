import { AF_INET, AF_INET6 } from './socket-address.ts';

/** What tells one echo from another (RFC 792, RFC 4443 section 4). */
export interface Echo {
  readonly identifier: number;
  readonly sequence: number;
}

const headerBytes = 8;
const ECHO_REPLY = 0;
const ECHO_REQUEST = 8;
const ECHO_REQUEST_V6 = 128;
const ECHO_REPLY_V6 = 129;
/** 32-bit words in an IPv4 header without options. */
const leastHeaderWords = 5;

export function echoRequest(family: number, { identifier, sequence }: Echo, data: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(headerBytes), data]);
  bytes.writeUInt8(family === AF_INET6 ? ECHO_REQUEST_V6 : ECHO_REQUEST, 0);
  bytes.writeUInt16BE(identifier, 4);
  bytes.writeUInt16BE(sequence, 6);
  // The kernel fills in ICMPv6 checksums, which cover addresses that are not known here (RFC 3542 section 3.1).
  if (family === AF_INET) bytes.writeUInt16BE(internetChecksum(bytes), 2);
  return bytes;
}

/** null for anything but an echo reply. `withHeader`: the IPv4 header comes first, as raw sockets give it (raw(7)). */
export function parseEchoReply(family: number, packet: Buffer, withHeader: boolean): Echo | null {
  const bytes = withHeader ? withoutIpv4Header(packet) : packet;
  if (bytes === null || bytes.length < headerBytes) return null;
  if (bytes.readUInt8(0) !== (family === AF_INET6 ? ECHO_REPLY_V6 : ECHO_REPLY) || bytes.readUInt8(1) !== 0) return null;
  return { identifier: bytes.readUInt16BE(4), sequence: bytes.readUInt16BE(6) };
}

/** RFC 1071: the one's complement of the one's complement sum. Over a packet with its checksum in place it is 0. */
export function internetChecksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  if (bytes.length % 2 === 1) sum += bytes.readUInt8(bytes.length - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function withoutIpv4Header(packet: Buffer): Buffer | null {
  const words = packet.length === 0 ? 0 : packet.readUInt8(0) & 0x0f;
  return words < leastHeaderWords ? null : packet.subarray(words * 4);
}
