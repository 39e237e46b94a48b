/**
 * The RTP fixed header (RFC 3550 section 5.1), read from and written to buffers that live for ever. Timestamps and SSRCs are kept
 * as signed 32-bit numbers: differences wrap by `| 0`, and V8 stores them without boxing.
 *
 *    0                   1                   2                   3
 *    V=2|P|X|  CC   |M|     PT      |       sequence number
 *                               timestamp
 *                                 SSRC
 */

export const rtpHeaderBytes = 12;

/** Filled by `readRtp`; one per receiver, reused for every packet. */
export interface RtpHeader {
  marker: boolean;
  payloadType: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payloadAt: number;
  payloadBytes: number;
}

export function newRtpHeader(): RtpHeader {
  return { marker: false, payloadType: 0, sequence: 0, timestamp: 0, ssrc: 0, payloadAt: 0, payloadBytes: 0 };
}

/** False = not RTP (too short, wrong version, CSRC, extension or padding that do not fit); `into` is then undefined in content. */
export function readRtp(bytes: Uint8Array, length: number, into: RtpHeader): boolean {
  if (length < rtpHeaderBytes || length > bytes.length) return false;
  const first = bytes[0] ?? 0;
  if (first >> 6 !== 2) return false;
  const second = bytes[1] ?? 0;
  into.marker = second >= 0x80;
  into.payloadType = second & 0x7f;
  into.sequence = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  into.timestamp = readWord(bytes, 4);
  into.ssrc = readWord(bytes, 8);
  return findPayload(bytes, length, first, into);
}

/** Skips CSRCs and the header extension, takes off the padding. */
function findPayload(bytes: Uint8Array, length: number, first: number, into: RtpHeader): boolean {
  let at = rtpHeaderBytes + (first & 0x0f) * 4;
  if (first & 0x10) {
    if (at + 4 > length) return false;
    at += 4 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) * 4;
  }
  const padding = first & 0x20 ? (bytes[length - 1] ?? 0) : 0;
  if ((first & 0x20 && padding === 0) || at + padding > length) return false;
  into.payloadAt = at;
  into.payloadBytes = length - at - padding;
  return true;
}

/** Writes a header without CSRCs, extension or padding into bytes[0..12). */
export function writeRtp(bytes: Uint8Array, marker: boolean, payloadType: number, sequence: number, timestamp: number, ssrc: number): void {
  bytes[0] = 0x80;
  bytes[1] = (marker ? 0x80 : 0) | payloadType;
  bytes[2] = sequence >> 8;
  bytes[3] = sequence;
  writeWord(bytes, 4, timestamp);
  writeWord(bytes, 8, ssrc);
}

/** Big-endian 32 bits as a signed number. */
export function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

export function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
