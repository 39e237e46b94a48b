/** Octets of ZMODEM (Chuck Forsberg, "The ZMODEM Inter Application File Transfer Protocol", 1988): section numbers are its. */

export const zpad = 0x2a;
export const zdle = 0x18;
/** Five of it in a row end a session, from either side (section 7.3): ZDLE is chosen so that they can be nothing else. */
export const can = 0x18;
export const xon = 0x11;

/** How a header is written: binary with CRC-16, hexadecimal, binary with CRC-32 (section 7.2). */
export const headerStyle = { binary16: 0x41, hex: 0x42, binary32: 0x43 } as const;

/** Frame types (section 11). */
export const frame = { rqinit: 0, rinit: 1, sinit: 2, ack: 3, file: 4, skip: 5, nak: 6, abort: 7, fin: 8, rpos: 9, data: 10, eof: 11, ferr: 12, crc: 13, challenge: 14, can: 16 } as const;

/** How a data subpacket ends: the frame is over and a header follows; it goes on; it goes on and ZACK is wanted; it is over and ZACK is wanted (section 7.5). */
export const subpacketEnd = { over: 0x68, on: 0x69, onAck: 0x6a, overAck: 0x6b } as const;
export type SubpacketEnd = (typeof subpacketEnd)[keyof typeof subpacketEnd];

/** Flags of ZRINIT, in its last octet (section 11.2). */
export const receiverCan = { fullDuplex: 0x01, overlap: 0x02, crc32: 0x20, escapeControl: 0x40 } as const;

/** ZDLE l and ZDLE m. */
export const rubouts: ReadonlyMap<number, number> = new Map([[0x6c, 0x7f], [0x6d, 0xff]]);

/** A sub-packet never holds more (ours 1024; lrzsz takes 8192). */
export const longestSubpacket = 8192;

export interface Header {
  readonly type: number;
  /** Position, or flags: four octets, least significant first. */
  readonly value: number;
}

const crc16Table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

const crc32Table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

/** The XMODEM CRC (x^16 + x^12 + x^5 + 1, from 0). */
export function crc16(bytes: Iterable<number>): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (crc16Table[(crc >> 8) ^ byte] as number);
  return crc;
}

/** The CRC of Ethernet and ZIP; `before`: of what came before these bytes. */
export function crc32(bytes: Iterable<number>, before = 0): number {
  let crc = ~before >>> 0;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crc32Table[(crc ^ byte) & 0xff] as number);
  return ~crc >>> 0;
}

export const littleEndian = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
