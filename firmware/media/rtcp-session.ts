/**
 * RTCP of one session: reports every 5 s, randomised by 0.5 to 1.5 (RFC 3550 section 6.3.1; the first after half of that), round trip
 * by LSR and DLSR (section 6.4.1), CNAME random (RFC 7022), BYE at the end. NTP times count from the unit's start, never stepped.
 */
import type { Random } from '../../hal/random.ts';
import { samplesPerMs } from './audio-format.ts';
import type { Reception } from './reception.ts';
import type { RtpStream } from './media-protocol.ts';
import { maxRtcpBytes, readRtcp, writeBye, writeCname, writeReport, type ReportBlock, type RtcpPacket, type SenderInfo } from './rtcp.ts';
import type { RtpSender } from './rtp-sender.ts';

const intervalMs = 5000;
const ntpEpochMs = Date.UTC(1900, 0, 1);
type Filled<Of> = { -readonly [Field in keyof Of]: Of[Field] };
/** A round trip above this is a peer's broken clock. */
const maxRoundTripMs = 60_000;

export class RtcpSession {
  readonly packet = new Uint8Array(maxRtcpBytes);
  /** null = never measured. */
  roundTripMs: number | null = null;
  readonly #random: Random;
  /** What must be added to the monotonic time to get Unix time, fixed at boot. */
  readonly #wallOffsetMs: number;
  #cname = '';
  #dueMs = Infinity;
  #packetsReported = 0;
  #lastReport = 0;
  #lastReportMs = 0;
  /** Filled anew for each report. */
  readonly #info: Filled<SenderInfo> = { ntpSeconds: 0, ntpFraction: 0, rtpTimestamp: 0, packets: 0, octets: 0 };
  readonly #heard: Filled<ReportBlock> = { ssrc: 0, fractionLost: 0, cumulativeLost: 0, highestSequence: 0, jitter: 0, lastReport: 0, delay: 0 };
  /** Seconds and their fraction, signed words. */
  readonly #ntp = new Int32Array(2);

  constructor(random: Random, wallOffsetMs: number) {
    this.#random = random;
    this.#wallOffsetMs = wallOffsetMs;
  }

  /** Who sends, for the whole session. */
  get cname(): string {
    return this.#cname;
  }

  /** `resume`: the stream that goes on keeps its name. */
  begin(nowMs: number, resume: RtpStream | null = null): void {
    this.#cname = resume?.cname ?? Array.from(this.#random.bytes(12), (byte) => byte.toString(16).padStart(2, '0')).join('');
    this.roundTripMs = null;
    this.#packetsReported = resume?.packets ?? 0;
    this.#lastReport = 0;
    this.#dueMs = nowMs + this.#interval() / 2;
  }

  due(nowMs: number): boolean {
    return nowMs >= this.#dueMs;
  }

  /** Writes the regular report into `packet`, with BYE if it is the last; returns its length. */
  report(nowMs: number, sentAtMs: number, sender: RtpSender, reception: Reception, bye: boolean): number {
    this.#dueMs = nowMs + this.#interval();
    const info = sender.packets > this.#packetsReported ? this.#senderInfo(nowMs, sentAtMs, sender) : null;
    this.#packetsReported = sender.packets;
    const block = reception.heard ? this.#block(nowMs, reception) : null;
    const reported = writeReport(this.packet, 0, sender.ssrc, info, block);
    const named = writeCname(this.packet, reported, sender.ssrc, this.#cname);
    return bye ? writeBye(this.packet, named, sender.ssrc) : named;
  }

  /** Takes in what the peer reports; false = not RTCP. */
  receive(bytes: Uint8Array, length: number, nowMs: number, ourSsrc: number): boolean {
    const packets = readRtcp(bytes, length);
    if (packets === null) return false;
    for (const packet of packets) this.#take(packet, nowMs, ourSsrc);
    return true;
  }

  #take(packet: RtcpPacket, nowMs: number, ourSsrc: number): void {
    if (packet.kind !== 'report') return;
    if (packet.sender !== null) {
      this.#lastReport = middle(packet.sender.ntpSeconds, packet.sender.ntpFraction);
      this.#lastReportMs = nowMs;
    }
    for (const block of packet.blocks) if (block.ssrc === ourSsrc && block.lastReport !== 0) this.#measure(block, nowMs);
  }

  #measure(block: ReportBlock, nowMs: number): void {
    this.#setNtp(nowMs);
    const units = (middle(this.#ntp[0] ?? 0, this.#ntp[1] ?? 0) - block.lastReport - block.delay) | 0;
    const ms = (units * 1000) / 65_536;
    if (ms >= 0 && ms <= maxRoundTripMs) this.roundTripMs = ms;
  }

  #senderInfo(nowMs: number, sentAtMs: number, sender: RtpSender): SenderInfo {
    this.#setNtp(nowMs);
    const info = this.#info;
    info.ntpSeconds = this.#ntp[0] ?? 0;
    info.ntpFraction = this.#ntp[1] ?? 0;
    info.rtpTimestamp = (sender.timestamp + Math.round((nowMs - sentAtMs) * samplesPerMs)) | 0;
    info.packets = sender.packets;
    info.octets = sender.octets;
    return info;
  }

  #block(nowMs: number, reception: Reception): ReportBlock {
    const block = this.#heard;
    block.ssrc = reception.ssrc;
    block.fractionLost = reception.takeFractionLost();
    block.cumulativeLost = reception.lost;
    block.highestSequence = reception.extendedHighest;
    block.jitter = reception.jitterUnits;
    block.lastReport = this.#lastReport;
    block.delay = this.#lastReport === 0 ? 0 : Math.round(((nowMs - this.#lastReportMs) * 65_536) / 1000);
    return block;
  }

  #setNtp(nowMs: number): void {
    const ms = nowMs + this.#wallOffsetMs - ntpEpochMs;
    const seconds = Math.floor(ms / 1000);
    this.#ntp[0] = seconds | 0;
    this.#ntp[1] = Math.floor(((ms - seconds * 1000) / 1000) * 2 ** 32) | 0;
  }

  #interval(): number {
    return intervalMs * (0.5 + this.#random.below(1001) / 1000);
  }
}

/** The middle 32 bits of an NTP time: 1/65,536 s. */
function middle(seconds: number, fraction: number): number {
  return (seconds << 16) | (fraction >>> 16);
}
