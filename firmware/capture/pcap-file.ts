/**
 * The file of libpcap (pcap-savefile(5)), with nanoseconds, little-endian:
 *
 *   head: magic a1b23c4d, version 2.4, zone 0, accuracy 0, largest packet, kind of link
 *   each packet: seconds, nanoseconds, bytes kept, bytes on the wire, then the bytes kept
 */
export const headBytes = 24;
export const recordHeadBytes = 16;
/** Longer packets are cut. */
export const largestPacket = 65_535;

const nanosecondMagic = 0xa1b2_3c4d;

/** `linkType`: LINKTYPE_ of tcpdump.org/linktypes.html. */
export function pcapHead(linkType: number): Uint8Array {
  const bytes = new Uint8Array(headBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, nanosecondMagic, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, largestPacket, true);
  view.setUint32(20, linkType, true);
  return bytes;
}

export interface PcapPacket {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly bytes: Uint8Array;
  /** On the wire. */
  readonly length: number;
}

/** Bytes that a packet takes in the file. */
export const recordBytes = ({ bytes }: PcapPacket): number => recordHeadBytes + Math.min(bytes.length, largestPacket);

/** Writes a packet at `at`, where there must be room for `recordBytes`; returns where its own bytes begin. */
export function writeRecord(into: Uint8Array, at: number, { seconds, nanoseconds, bytes, length }: PcapPacket): number {
  const kept = Math.min(bytes.length, largestPacket);
  const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
  view.setUint32(at, seconds, true);
  view.setUint32(at + 4, nanoseconds, true);
  view.setUint32(at + 8, kept, true);
  view.setUint32(at + 12, Math.max(length, kept), true);
  into.set(bytes.subarray(0, kept), at + recordHeadBytes);
  return at + recordHeadBytes;
}
