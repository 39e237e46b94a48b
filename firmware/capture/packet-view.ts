import { linkTypes } from '../../hal/capture.ts';

/** Where things lie in a captured packet of IPv4 or IPv6. Offsets count from its first byte. */
export interface PacketView {
  readonly transport: 'udp' | 'tcp';
  /** Of the IP head. */
  readonly ipAt: number;
  readonly ipVersion: 4 | 6;
  /** Of the head of UDP or TCP. */
  readonly transportAt: number;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly payloadAt: number;
  /** Where the datagram ends; what lies behind it is padding. Never beyond the bytes that are there. */
  readonly end: number;
  /** Some of it is elsewhere: cut by the capture, or the first of several fragments. */
  readonly partial: boolean;
}

const protocols: Readonly<Record<number, PacketView['transport']>> = { 6: 'tcp', 17: 'udp' };
const ethernetTypes = { ipv4: 0x0800, ipv6: 0x86dd, vlan: 0x8100 };
/** Extension heads of RFC 8200 that may stand before the transport; each tells its length in units of 8 bytes. */
const extensions = new Set([0, 43, 60]);
const fragmentHead = 44;

/** null: neither UDP nor TCP, a fragment behind the first, or not understood. */
export function viewPacket(bytes: Uint8Array, linkType: number): PacketView | null {
  const ipAt = ipOffset(bytes, linkType);
  if (ipAt === null || ipAt >= bytes.length) return null;
  const version = (bytes[ipAt] as number) >> 4;
  return version === 4 ? viewIpv4(bytes, ipAt) : version === 6 ? viewIpv6(bytes, ipAt) : null;
}

function ipOffset(bytes: Uint8Array, linkType: number): number | null {
  switch (linkType) {
    case linkTypes.rawIp:
      return 0;
    case linkTypes.linuxCooked:
      return isIp(word(bytes, 14)) ? 16 : null;
    case linkTypes.ethernet: {
      const at = word(bytes, 12) === ethernetTypes.vlan ? 16 : 12;
      return isIp(word(bytes, at)) ? at + 2 : null;
    }
    default:
      return null;
  }
}

const isIp = (type: number): boolean => type === ethernetTypes.ipv4 || type === ethernetTypes.ipv6;

/** RFC 791. */
function viewIpv4(bytes: Uint8Array, ipAt: number): PacketView | null {
  const transport = protocols[bytes[ipAt + 9] ?? 0];
  const flags = word(bytes, ipAt + 6);
  if (transport === undefined || (flags & 0x1fff) !== 0) return null;
  const transportAt = ipAt + ((bytes[ipAt] as number) & 15) * 4;
  return viewTransport(bytes, { transport, ipAt, ipVersion: 4, transportAt, end: ipAt + word(bytes, ipAt + 2), partial: (flags & 0x2000) !== 0 });
}

/** RFC 8200. */
function viewIpv6(bytes: Uint8Array, ipAt: number): PacketView | null {
  let next = bytes[ipAt + 6] ?? 0;
  let at = ipAt + 40;
  let partial = false;
  while (extensions.has(next) || next === fragmentHead) {
    if (at + 8 > bytes.length) return null;
    if (next === fragmentHead) {
      const flags = word(bytes, at + 2);
      if ((flags & 0xfff8) !== 0) return null;
      partial ||= (flags & 1) !== 0;
    }
    const length = next === fragmentHead ? 8 : ((bytes[at + 1] ?? 0) + 1) * 8;
    next = bytes[at] ?? 0;
    at += length;
  }
  const transport = protocols[next];
  if (transport === undefined) return null;
  return viewTransport(bytes, { transport, ipAt, ipVersion: 6, transportAt: at, end: ipAt + 40 + word(bytes, ipAt + 4), partial });
}

function viewTransport(bytes: Uint8Array, ip: Pick<PacketView, 'transport' | 'ipAt' | 'ipVersion' | 'transportAt' | 'end' | 'partial'>): PacketView | null {
  const { transport, transportAt } = ip;
  const payloadAt = transportAt + (transport === 'udp' ? 8 : ((bytes[transportAt + 12] ?? 0) >> 4) * 4);
  const end = Math.min(ip.end, bytes.length);
  if (payloadAt > end) return null;
  return { ...ip, sourcePort: word(bytes, transportAt), targetPort: word(bytes, transportAt + 2), payloadAt, end, partial: ip.partial || end < ip.end };
}

/** 16 bits in network order; 0 beyond the end. */
const word = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
