/**
 * One port: everything that a call on it needs, allocated at boot and used anew by each session. Carries commands to its parts and
 * their findings to control; the audio itself flows in `inbound.ts` and `outbound.ts`.
 */
import type { DatagramBatch } from '../../hal/datagram.ts';
import type { Random } from '../../hal/random.ts';
import type { Log } from '../log.ts';
import { frameMs, frameSamples, tickMs } from './audio-format.ts';
import { Destinations, rtcpSlot, rtpSlot } from './destinations.ts';
import { Inbound } from './inbound.ts';
import type { MediaCommand, MediaEvent, MediaSettings, MediaStats, RecordSettings } from './media-protocol.ts';
import { Outbound } from './outbound.ts';
import { Player } from './player.ts';
import type { PromptBank } from './prompt-bank.ts';
import { Recorder } from './recorder.ts';
import { RtcpSession } from './rtcp-session.ts';

export interface PortParts {
  readonly port: number;
  readonly random: Random;
  readonly batch: DatagramBatch;
  readonly log: Log;
  readonly prompts: PromptBank;
  readonly emit: (event: MediaEvent) => void;
  readonly wallOffsetMs: number;
  /** First `rtp-timeout` after so much silence; 0 = never. */
  readonly rtpTimeoutMs: number;
}

export const rtpTimeoutRepeatMs = 30_000;
const frameTicks = frameMs / tickMs;

/** Commands that act on a running session. */
export type SessionCommand = Exclude<MediaCommand, { type: 'start' | 'stop' | 'shut-down' }>;

export class PortSession {
  /** -1 = idle. */
  session = -1;
  readonly #parts: PortParts;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #player: Player;
  readonly #recorder: Recorder;
  readonly #rtcp: RtcpSession;
  readonly #destinations: Destinations;
  readonly #frame = new Uint8Array(frameSamples);
  #maySend = false;
  #mayReceive = false;
  #frameTicksLeft = 1;
  #timeoutAtMs = Infinity;
  #quietSinceMs = 0;

  constructor(parts: PortParts) {
    this.#parts = parts;
    this.#player = new Player(parts.prompts, {
      want: (play, stream, offset, bytes) => this.#emit({ type: 'want', port: parts.port, session: this.session, play, stream, offset, bytes }),
      ended: (play, reason, missingPrompts) => this.#emit({ type: 'play-ended', port: parts.port, session: this.session, play, reason, missingPrompts }),
      starved: (play, packets) => this.#logStarved(play, packets),
    });
    this.#recorder = new Recorder({
      chunk: (record, sequence, codec, bytes, lostPackets) =>
        this.#emit({ type: 'chunk', port: parts.port, session: this.session, record, sequence, codec, bytes, lostPackets }),
      ended: (record, reason, recordedMs, trailingSilenceMs, lostPackets, digit) =>
        this.#emit({ type: 'record-ended', port: parts.port, session: this.session, record, reason, recordedMs, trailingSilenceMs, lostPackets, digit }),
    });
    this.#inbound = new Inbound({
      digit: (digit, durationMs, source) => this.#digit(digit, durationMs, source),
      moved: (address, port) => this.#destinations.moved(address, port),
    });
    this.#outbound = new Outbound(parts.batch, rtpSlot(parts.port), this.#player);
    this.#destinations = new Destinations(parts.batch, parts.port);
    this.#rtcp = new RtcpSession(parts.random, parts.wallOffsetMs);
  }

  /** Only on an idle port. Ports act on different ticks, by their number. */
  start(session: number, settings: MediaSettings, nowMs: number): void {
    const { port, random } = this.#parts;
    this.session = session;
    this.#outbound.begin(settings, random, 1 + (port % Math.max(1, Math.floor(settings.ptimeMs / tickMs))), nowMs);
    this.#frameTicksLeft = 1 + (port % frameTicks);
    this.#rtcp.begin(nowMs);
    this.#inbound.begin(settings, nowMs);
    this.#settle(settings, nowMs);
    this.#destinations.announce(settings);
  }

  command(command: SessionCommand, nowMs: number): void {
    switch (command.type) {
      case 'update':
        return this.#update(command.settings, nowMs);
      case 'play':
        return this.#player.begin(command.play, command.items, command.stopOnDigit);
      case 'stop-play':
        return this.#player.stop();
      case 'seek':
        return this.#player.seek(command.deltaMs);
      case 'pause':
        return this.#player.pause(command.paused);
      case 'block':
        return this.#player.block(command.play, command.stream, command.offset, command.bytes);
      case 'record':
        return this.#record(command.record);
      case 'stop-record':
        return this.#stopRecording();
      case 'key':
        return this.#key(command.digit, false);
      case 'send-digits':
        return this.#outbound.digits.add(command.digits, command.toneMs, command.gapMs);
    }
  }

  /** Recorder and player end, BYE leaves with the next flush, `stopped` comes last. */
  stop(nowMs: number): void {
    this.#stopRecording();
    this.#player.stop();
    this.#report(nowMs, true);
    this.#emit({ type: 'stopped', port: this.#parts.port, session: this.session, stats: this.#stats() });
    this.session = -1;
  }

  /** Nothing leaves any more; after the flush that carried the BYE. */
  disconnect(): void {
    this.#destinations.clear();
  }

  tick(nowMs: number): void {
    this.#outbound.tick(nowMs, this.#maySend && this.#destinations.known);
    if (--this.#frameTicksLeft === 0) this.#frameTick(nowMs);
    if (this.#rtcp.due(nowMs)) this.#report(nowMs, false);
  }

  /** Ticks that nobody did. The received side stands: what came meanwhile still waits in the kernel, and is played later, not lost. */
  skip(ticks: number): void {
    this.#outbound.skip(ticks);
  }

  rtp(bytes: Uint8Array, length: number, address: string, port: number, nowMs: number): void {
    if (this.#mayReceive) this.#inbound.receive(bytes, length, address, port, nowMs);
  }

  /** From the peer's address only, but from any port of it: some send RTCP from elsewhere than they announced. */
  rtcp(bytes: Uint8Array, length: number, address: string, port: number, nowMs: number): boolean {
    const { latch } = this.#inbound;
    const ours = latch.latched ? address === latch.address : address === this.#destinations.announcedAddress;
    if (!ours || !this.#rtcp.receive(bytes, length, nowMs, this.#outbound.sender.ssrc)) return false;
    this.#destinations.rtcpFrom(address, port);
    return true;
  }

  #frameTick(nowMs: number): void {
    this.#frameTicksLeft = frameTicks;
    if (!this.#mayReceive) return;
    this.#hear();
    if (this.#inbound.jitter.hasten()) this.#hear();
    if (nowMs >= this.#timeoutAtMs) this.#checkTimeout(nowMs);
  }

  #hear(): void {
    if (this.#inbound.pull(this.#frame)) this.#recorder.frame(this.#frame, this.#inbound.missing);
  }

  /** A recording ends with what the peer said last, not with what was heard of it: that is the buffer's delay behind. */
  #hearTheRest(): void {
    while (this.#recorder.recording && this.#inbound.jitter.drain(this.#frame)) this.#recorder.frame(this.#frame, this.#inbound.missing);
  }

  #stopRecording(): void {
    this.#hearTheRest();
    this.#recorder.stop(this.#inbound.missing);
  }

  #checkTimeout(nowMs: number): void {
    const quietSinceMs = Math.max(this.#quietSinceMs, this.#inbound.lastPacketMs);
    const { port, rtpTimeoutMs } = this.#parts;
    const silentMs = nowMs - quietSinceMs;
    if (silentMs < rtpTimeoutMs) this.#timeoutAtMs = quietSinceMs + rtpTimeoutMs;
    else {
      this.#timeoutAtMs = nowMs + rtpTimeoutRepeatMs;
      this.#emit({ type: 'rtp-timeout', port, session: this.session, silentMs: Math.round(silentMs) });
    }
  }

  #update(settings: MediaSettings, nowMs: number): void {
    this.#recorder.changeCodec(settings.codec, this.#inbound.missing);
    this.#inbound.update(settings);
    this.#outbound.update(settings);
    this.#settle(settings, nowMs);
    this.#destinations.announce(settings);
  }

  /** Takes in the direction. */
  #settle(settings: MediaSettings, nowMs: number): void {
    this.#maySend = settings.direction === 'sendrecv' || settings.direction === 'sendonly';
    this.#mayReceive = settings.direction === 'sendrecv' || settings.direction === 'recvonly';
    if (!this.#mayReceive) {
      this.#recorder.interrupt();
      this.#inbound.reception.pause();
    }
    this.#quietSinceMs = nowMs;
    this.#timeoutAtMs = this.#parts.rtpTimeoutMs > 0 ? nowMs + this.#parts.rtpTimeoutMs : Infinity;
  }

  #record(settings: RecordSettings): void {
    this.#recorder.begin(settings, this.#inbound.codec, this.#inbound.missing);
  }

  #digit(digit: string, durationMs: number, source: 'rfc4733' | 'in-band'): void {
    this.#emit({ type: 'digit', port: this.#parts.port, session: this.session, digit, durationMs, source });
    this.#key(digit, source === 'in-band');
  }

  /** What waits was said before the key, unless the key is in the audio itself (`inBand`): then it is the tone. */
  #key(digit: string, inBand: boolean): void {
    this.#player.digit();
    if (!inBand && this.#recorder.stopsOn(digit)) this.#hearTheRest();
    this.#recorder.digit(digit, this.#inbound.missing);
  }

  #report(nowMs: number, bye: boolean): void {
    const { sender, sentAtMs } = this.#outbound;
    const length = this.#rtcp.report(nowMs, sentAtMs, sender, this.#inbound.reception, bye);
    this.#parts.batch.queue(rtcpSlot(this.#parts.port), this.#rtcp.packet, length);
  }

  #stats(): MediaStats {
    const { reception, jitter, foreign, unusable, jitterMs } = this.#inbound;
    return {
      packetsSent: this.#outbound.sender.packets,
      packetsReceived: reception.received,
      packetsLost: reception.lost,
      packetsLate: jitter.late,
      packetsDuplicate: reception.duplicates,
      packetsForeign: foreign,
      packetsUnusable: unusable,
      jitterMs,
      roundTripMs: this.#rtcp.roundTripMs,
    };
  }

  #logStarved(play: number, packets: number): void {
    this.#parts.log.write('warning', 'stream-starved', 'Stored audio did not come in time; the caller heard silence.', { port: this.#parts.port, play, packets });
  }

  #emit(event: MediaEvent): void {
    this.#parts.emit(event);
  }
}
