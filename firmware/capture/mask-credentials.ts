import type { PacketView } from './packet-view.ts';

/** Heads of a SIP message that hold credentials (RFC 3261 20.7, 20.28), and the values in them that a password could be guessed by. */
const credentials = /^(?:proxy-)?authorization[ \t]*:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*/gim;
/** One that the end of the packet cuts off, too. */
const secrets = /\b(response|cnonce|nonce)([ \t]*=[ \t]*")([^"]*)("|$)/gi;
const letter = 'x';

/**
 * Makes what proves a password unreadable, in place: nonce, cnonce and response of each (Proxy-)Authorization become letters x,
 * of the same length, and the checksum is made good. Whether anything was there. A message that TCP has split may hide some.
 */
export function maskCredentials(bytes: Uint8Array, view: PacketView): boolean {
  const text = latin1(bytes.subarray(view.payloadAt, view.end));
  const masked = text.replace(credentials, (head) => head.replace(secrets, (_, name: string, middle: string, value: string, end: string) => `${name}${middle}${letter.repeat(value.length)}${end}`));
  if (masked === text) return false;
  for (let at = 0; at < masked.length; at++) bytes[view.payloadAt + at] = masked.charCodeAt(at);
  writeChecksum(bytes, view);
  return true;
}

/** RFC 768, RFC 9293 and RFC 8200 8.1: over a head made of the addresses, and the datagram. */
function writeChecksum(bytes: Uint8Array, view: PacketView): void {
  if (view.partial) return; // it is over more than there is
  const at = view.transportAt + (view.transport === 'udp' ? 6 : 16);
  if (view.transport === 'udp' && view.ipVersion === 4 && bytes[at] === 0 && bytes[at + 1] === 0) return; // sent without
  bytes[at] = 0;
  bytes[at + 1] = 0;
  const sum = checksum(bytes, view);
  const value = sum === 0 && view.transport === 'udp' ? 0xffff : sum;
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 255;
}

/** What makes the one's complement sum of the datagram 0xffff. */
export function checksum(bytes: Uint8Array, { ipVersion, ipAt, transport, transportAt, end }: PacketView): number {
  const [from, to] = ipVersion === 4 ? [ipAt + 12, ipAt + 20] : [ipAt + 8, ipAt + 40];
  let sum = (transport === 'udp' ? 17 : 6) + (end - transportAt);
  for (let at = from; at < to; at += 2) sum += pair(bytes, at, to);
  for (let at = transportAt; at < end; at += 2) sum += pair(bytes, at, end);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const pair = (bytes: Uint8Array, at: number, end: number): number => ((bytes[at] as number) << 8) | (at + 1 < end ? (bytes[at + 1] as number) : 0);

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
