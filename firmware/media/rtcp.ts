/**
 * RTCP packets (RFC 3550 section 6): sender and receiver reports, CNAME, BYE. Written into a given buffer; read into small objects,
 * which is fine at one packet per 5 s.
 */
import { readWord, writeWord } from './rtp.ts';

const senderReport = 200;
const receiverReport = 201;
const sourceDescription = 202;
const goodbye = 203;
const cnameItem = 1;

/** Largest compound packet written here. */
export const maxRtcpBytes = 256;

/** One report block: how the reporter hears `ssrc`. Words are signed 32-bit. */
export interface ReportBlock {
  readonly ssrc: number;
  /** 256ths. */
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly highestSequence: number;
  /** Timestamp units. */
  readonly jitter: number;
  /** Middle 32 bits of the NTP time of the last sender report from `ssrc`; 0 = none yet. */
  readonly lastReport: number;
  /** Delay since then, in 1/65,536 s. */
  readonly delay: number;
}

/** What a sender says about itself. */
export interface SenderInfo {
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly octets: number;
}

export type RtcpPacket =
  | { readonly kind: 'report'; readonly ssrc: number; readonly sender: SenderInfo | null; readonly blocks: readonly ReportBlock[] }
  | { readonly kind: 'bye'; readonly ssrcs: readonly number[] };

/** Writes SR (with `sender`) or RR at `at`; returns the place after it. */
export function writeReport(bytes: Uint8Array, at: number, ssrc: number, sender: SenderInfo | null, block: ReportBlock | null): number {
  let end = writeHeader(bytes, at, block === null ? 0 : 1, sender === null ? receiverReport : senderReport, ssrc);
  if (sender !== null) end = writeSender(bytes, end, sender);
  if (block !== null) end = writeBlock(bytes, end, block);
  return finish(bytes, at, end);
}

function writeSender(bytes: Uint8Array, at: number, sender: SenderInfo): number {
  writeWord(bytes, at, sender.ntpSeconds);
  writeWord(bytes, at + 4, sender.ntpFraction);
  writeWord(bytes, at + 8, sender.rtpTimestamp);
  writeWord(bytes, at + 12, sender.packets);
  writeWord(bytes, at + 16, sender.octets);
  return at + 20;
}

function writeBlock(bytes: Uint8Array, at: number, block: ReportBlock): number {
  const lost = Math.max(-0x800000, Math.min(0x7fffff, block.cumulativeLost)) & 0xffffff;
  writeWord(bytes, at, block.ssrc);
  writeWord(bytes, at + 4, (block.fractionLost << 24) | lost);
  writeWord(bytes, at + 8, block.highestSequence);
  writeWord(bytes, at + 12, block.jitter);
  writeWord(bytes, at + 16, block.lastReport);
  writeWord(bytes, at + 20, block.delay);
  return at + 24;
}

/** Writes SDES with a CNAME of ASCII, at most 64 characters. */
export function writeCname(bytes: Uint8Array, at: number, ssrc: number, cname: string): number {
  let end = writeHeader(bytes, at, 1, sourceDescription, ssrc);
  bytes[end++] = cnameItem;
  bytes[end++] = cname.length;
  for (let index = 0; index < cname.length; index++) bytes[end++] = cname.charCodeAt(index);
  do bytes[end++] = 0;
  while ((end - at) % 4 !== 0);
  return finish(bytes, at, end);
}

export function writeBye(bytes: Uint8Array, at: number, ssrc: number): number {
  return finish(bytes, at, writeHeader(bytes, at, 1, goodbye, ssrc));
}

function writeHeader(bytes: Uint8Array, at: number, count: number, type: number, ssrc: number): number {
  bytes[at] = 0x80 | count;
  bytes[at + 1] = type;
  writeWord(bytes, at + 4, ssrc);
  return at + 8;
}

function finish(bytes: Uint8Array, at: number, end: number): number {
  const words = (end - at) / 4 - 1;
  bytes[at + 2] = words >> 8;
  bytes[at + 3] = words;
  return end;
}

/** The reports and goodbyes of a compound packet; null = not RTCP (RFC 3550 A.2). Other packet types are passed over. */
export function readRtcp(bytes: Uint8Array, length: number): RtcpPacket[] | null {
  if (length > bytes.length || !isCompound(bytes, length)) return null;
  const packets: RtcpPacket[] = [];
  for (let at = 0; at < length; at += lengthAt(bytes, at)) {
    const packet = readOne(bytes, at, at + lengthAt(bytes, at));
    if (packet !== null) packets.push(packet);
  }
  return packets;
}

/** Starts with a report, each part is version 2, the lengths add up, and only the last part may be padded. */
function isCompound(bytes: Uint8Array, length: number): boolean {
  const type = bytes[1] ?? 0;
  if (length < 8 || (type !== senderReport && type !== receiverReport)) return false;
  let at = 0;
  while (at + 4 <= length) {
    const first = bytes[at] ?? 0;
    const next = at + lengthAt(bytes, at);
    if (first >> 6 !== 2 || (first & 0x20 && next !== length)) return false;
    at = next;
  }
  return at === length;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return ((((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) + 1) * 4;
}

function readOne(bytes: Uint8Array, at: number, end: number): RtcpPacket | null {
  const count = (bytes[at] ?? 0) & 0x1f;
  switch (bytes[at + 1]) {
    case senderReport:
      return end - at < 28 ? null : readReport(bytes, at, end, count, readSender(bytes, at + 8), at + 28);
    case receiverReport:
      return end - at < 8 ? null : readReport(bytes, at, end, count, null, at + 8);
    case goodbye:
      return end - at < 4 + count * 4 ? null : { kind: 'bye', ssrcs: Array.from({ length: count }, (_, index) => readWord(bytes, at + 4 + index * 4)) };
    default:
      return null;
  }
}

function readReport(bytes: Uint8Array, at: number, end: number, count: number, sender: SenderInfo | null, blocksAt: number): RtcpPacket | null {
  if (blocksAt + count * 24 > end) return null;
  const blocks = Array.from({ length: count }, (_, index) => readBlock(bytes, blocksAt + index * 24));
  return { kind: 'report', ssrc: readWord(bytes, at + 4), sender, blocks };
}

function readSender(bytes: Uint8Array, at: number): SenderInfo {
  return {
    ntpSeconds: readWord(bytes, at),
    ntpFraction: readWord(bytes, at + 4),
    rtpTimestamp: readWord(bytes, at + 8),
    packets: readWord(bytes, at + 12) >>> 0,
    octets: readWord(bytes, at + 16) >>> 0,
  };
}

function readBlock(bytes: Uint8Array, at: number): ReportBlock {
  const loss = readWord(bytes, at + 4);
  return {
    ssrc: readWord(bytes, at),
    fractionLost: loss >>> 24,
    cumulativeLost: (loss << 8) >> 8,
    highestSequence: readWord(bytes, at + 8) >>> 0,
    jitter: readWord(bytes, at + 12) >>> 0,
    lastReport: readWord(bytes, at + 16),
    delay: readWord(bytes, at + 20) >>> 0,
  };
}
