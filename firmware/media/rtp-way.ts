/**
 * A session by RTP: sockets, source and destination, both directions and RTCP of one port. Driven by the pacer's ticks; joined to a
 * line (`line-way.ts`), the line's frames drive the audio, and the ticks only what is left: reports and the watch for silence.
 */
import type { DatagramBatch, Endpoint } from '../../hal/datagram.ts';
import type { Random } from '../../hal/random.ts';
import { frameMs, frameSamples, tickMs } from './audio-format.ts';
import { Destinations } from './destinations.ts';
import { Inbound } from './inbound.ts';
import type { Joint } from './joint.ts';
import type { CodecName, MediaSettings, MediaStats, RtpStream } from './media-protocol.ts';
import { Outbound } from './outbound.ts';
import type { PlayoutBuffer } from './playout-buffer.ts';
import { statsOf, streamOf } from './port-report.ts';
import type { SocketPair } from './port-slots.ts';
import { QuietWatch } from './quiet-watch.ts';
import { RtcpExchange } from './rtcp-exchange.ts';
import { RtcpSession } from './rtcp-session.ts';
import type { SessionEnd, SessionWay } from './session-way.ts';

export interface RtpWayParts {
  readonly port: number;
  readonly own: SocketPair;
  readonly shared: SocketPair;
  readonly random: Random;
  readonly batch: DatagramBatch;
  readonly wallOffsetMs: number;
  /** The end is told after so much silence first; 0 = never. */
  readonly rtpTimeoutMs: number;
  /** How often silence is sent while a caller is recorded. */
  readonly silentPacketMs: number;
}

export interface RtpStart {
  readonly settings: MediaSettings;
  /** The session's audio is at the shared address. */
  readonly shared: boolean;
  readonly resume: RtpStream | null;
  /** The line's, when the session joins one. */
  readonly playout: PlayoutBuffer | null;
}

/** The one that is being heard, of whatever port: a frame of each port's own would have to be fetched from memory each time. */
const frame = new Uint8Array(frameSamples);
const frameTicks = frameMs / tickMs;

export class RtpWay implements SessionWay {
  readonly #parts: RtpWayParts;
  readonly #end: SessionEnd;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #rtcp: RtcpSession;
  readonly #reports: RtcpExchange;
  readonly #destinations: Destinations;
  readonly #quiet: QuietWatch;
  /** The sockets of the session are those at the shared address. */
  #atShared = false;
  #pair: SocketPair;
  #maySend = false;
  #mayReceive = false;
  #frameTicksLeft = 1;
  #beganMs = 0;
  /** Of the received audio, since the session began. */
  #heardMs = 0;
  #playout: PlayoutBuffer | null = null;

  constructor(parts: RtpWayParts, end: SessionEnd) {
    this.#parts = parts;
    this.#end = end;
    this.#inbound = new Inbound({
      digit: (digit, durationMs, source) => end.digit(digit, durationMs, source),
      moved: (address, port) => this.#destinations.moved(address, port),
    });
    this.#pair = parts.own;
    this.#outbound = new Outbound(parts.batch, parts.own.rtp, end, parts.silentPacketMs);
    this.#destinations = new Destinations(parts.batch, parts.own);
    this.#rtcp = new RtcpSession(parts.random, parts.wallOffsetMs);
    this.#reports = new RtcpExchange({ batch: parts.batch, rtcp: this.#rtcp, inbound: this.#inbound, outbound: this.#outbound, destinations: this.#destinations });
    this.#quiet = new QuietWatch(parts.rtpTimeoutMs);
  }

  /** Ports act on different ticks, by their number. */
  begin({ settings, shared, resume, playout }: RtpStart, nowMs: number): void {
    const { port, random } = this.#parts;
    this.#playout = playout;
    this.join(null, null);
    this.#sitAt(shared);
    this.#outbound.begin(settings, random, 1 + (port % Math.max(1, Math.floor(settings.ptimeMs / tickMs))), nowMs, resume);
    this.#frameTicksLeft = 1 + (port % frameTicks);
    [this.#beganMs, this.#heardMs] = [nowMs, 0];
    this.#rtcp.begin(nowMs, resume);
    this.#inbound.begin(settings, nowMs, playout);
    this.#settle(settings, nowMs);
    this.#destinations.announce(settings);
    if (resume !== null && resume.latched !== null) this.#latch(resume.latched);
  }

  get atShared(): boolean {
    return this.#atShared;
  }

  get codec(): CodecName {
    return this.#inbound.codec;
  }

  get missing(): number {
    return this.#inbound.missing;
  }

  /** Digits are agreed to go as events, not in the audio. */
  get sendsEvents(): boolean {
    return this.#outbound.sendsEvents;
  }

  /** The sockets at the shared address were opened only now. */
  socketsOpened(): void {
    if (this.#atShared) this.#destinations.again();
  }

  /** `held`: the unit has the shared address. */
  tick(nowMs: number, held: boolean): void {
    const muted = this.#atShared && !held;
    if (this.#playout === null) this.#outbound.tick(nowMs, this.#maySend && this.#destinations.known && !muted);
    if (--this.#frameTicksLeft === 0) this.#frameTick(nowMs);
    if (!muted && this.#rtcp.due(nowMs)) this.#reports.report(this.#pair.rtcp, nowMs, false);
  }

  /** Ticks that nobody did. The received side stands: what came meanwhile still waits in the kernel, and is played later, not lost. */
  skip(ticks: number): void {
    if (this.#playout === null) this.#outbound.skip(ticks);
  }

  /** A frame of the line, one packet; `table` turns its codes into the session's. */
  sendFrame(codes: Uint8Array, table: Uint8Array, nowMs: number): void {
    this.#outbound.frame(codes, table, nowMs, this.#maySend && this.#destinations.known);
  }

  /** The next 20 ms for the line, in the session's codec; false = nothing is received (hold). */
  pullFrame(frame: Uint8Array): boolean {
    if (this.#playout === null || !this.#mayReceive) return false;
    this.#playout.pull(frame);
    return true;
  }

  /** `arrivedMs`: the time is in [0], because V8 boxes a fraction that is passed by itself, for every packet. */
  rtp(bytes: Uint8Array, length: number, address: string, port: number, arrivedMs: Float64Array): void {
    if (!this.#mayReceive) return;
    const nowMs = arrivedMs[0] ?? 0;
    // Only time that has passed and was not heard yet: a peer whose timestamps run too fast makes no recording longer than its call.
    while (this.#playout === null && this.#inbound.jitter.full && this.#heardMs < nowMs - this.#beganMs && this.#inbound.overflow(frame)) this.#heard();
    this.#inbound.receive(bytes, length, address, port, arrivedMs);
  }

  /** False = it is not the session's. */
  rtcp(bytes: Uint8Array, length: number, address: string, port: number, nowMs: number): boolean {
    return this.#reports.receive(bytes, length, address, port, nowMs);
  }

  /** What the kernel still holds is heard too. */
  fetch(): void {
    this.#parts.batch.fetch(this.#pair.rtp);
  }

  drain(frame: Uint8Array): boolean {
    return this.#playout === null && this.#inbound.jitter.drain(frame);
  }

  update(settings: MediaSettings, nowMs: number): void {
    this.#inbound.update(settings);
    this.#outbound.update(settings);
    this.#settle(settings, nowMs);
    this.#destinations.announce(settings);
  }

  join(heard: Joint | null, spoken: Joint | null): void {
    this.#inbound.tap = heard;
    this.#outbound.join(spoken);
  }

  sendDigits(digits: string, toneMs: number, gapMs: number): void {
    this.#outbound.sendDigits(digits, toneMs, gapMs);
  }

  stream(): RtpStream {
    return streamOf(this.#outbound, this.#inbound, this.#rtcp);
  }

  stats(): MediaStats {
    return statsOf(this.#outbound, this.#inbound, this.#rtcp);
  }

  /** Leaves with the next flush. */
  bye(nowMs: number): void {
    this.#reports.report(this.#pair.rtcp, nowMs, true);
  }

  /** Nothing leaves any more; after the flush that carried the BYE. */
  disconnect(): void {
    this.#destinations.clear();
  }

  #sitAt(shared: boolean): void {
    this.#atShared = shared;
    this.#pair = shared ? this.#parts.shared : this.#parts.own;
    this.#outbound.sender.slot = this.#pair.rtp;
    this.#destinations.use(this.#pair);
  }

  /** Another unit has heard the peer from there. */
  #latch({ address, port }: Endpoint): void {
    this.#inbound.latch.pin(address, port);
    this.#destinations.moved(address, port);
  }

  #frameTick(nowMs: number): void {
    this.#frameTicksLeft = frameTicks;
    if (!this.#mayReceive) return;
    if (this.#playout === null) {
      this.#hear();
      if (this.#inbound.jitter.hasten()) this.#hear();
    }
    if (!this.#quiet.isDue(nowMs)) return;
    const silentMs = this.#quiet.due(nowMs, this.#inbound.lastPacketMs);
    if (silentMs > 0) this.#end.quiet(silentMs);
  }

  #hear(): void {
    const listens = this.#end.listens();
    if (!this.#inbound.pull(frame, listens)) return;
    this.#heardMs += frameMs;
    if (listens) this.#end.heard(frame);
  }

  #heard(): void {
    this.#heardMs += frameMs;
    this.#end.heard(frame);
  }

  /** Takes in the direction. */
  #settle(settings: MediaSettings, nowMs: number): void {
    this.#maySend = settings.direction === 'sendrecv' || settings.direction === 'sendonly';
    this.#mayReceive = settings.direction === 'sendrecv' || settings.direction === 'recvonly';
    if (!this.#mayReceive) {
      this.#end.interrupted();
      this.#inbound.reception.pause();
    }
    this.#quiet.begin(nowMs);
  }
}
