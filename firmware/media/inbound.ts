/**
 * The received side of a port: from a datagram to 20 ms frames and digits.
 *
 *   datagram ─> RTP header ─> payload type ─> source ─> SSRC, sequence ─┬─> jitter buffer ─> frame ─> in-band digits
 *                  │ garbage      │ unknown      │ foreign   │ duplicate └─> events ─> digits
 */
import { frameSamples, samplesPerMs } from './audio-format.ts';
import { DtmfDetector } from './dtmf-detector.ts';
import { DtmfEvents } from './dtmf-events.ts';
import { convertTable, decodeTable } from '../../hal/g711.ts';
import { JitterBuffer } from './jitter-buffer.ts';
import type { CodecName, MediaSettings } from './media-protocol.ts';
import type { ReceiveBuffer } from './receive-buffer.ts';
import { Reception } from './reception.ts';
import { newRtpHeader, readRtp } from './rtp.ts';
import { SourceLatch } from './source-latch.ts';

const staticUlaw = 0;
const staticAlaw = 8;
const comfortNoise = 13;
/** Packets in a row under a new SSRC before it counts as the peer's new stream (RFC 3550 A.1, MIN_SEQUENTIAL). */
const packetsToChangeSsrc = 2;
/** Of the packet that is being taken in, on whatever port. */
const header = newRtpHeader();

export interface InboundEvents {
  digit(digit: string, durationMs: number, source: 'rfc4733' | 'in-band'): void;
  /** The peer's packets come from here; ours go there from now on. */
  moved(address: string, port: number): void;
}

export class Inbound {
  readonly latch = new SourceLatch();
  readonly reception = new Reception();
  readonly jitter = new JitterBuffer();
  /** Time of the last valid packet. */
  lastPacketMs = 0;
  /** Packets of the session from other sources than the latched one, or under an SSRC that did not last. */
  foreign = 0;
  /** Packets of the session that were no RTP or had a payload type nobody agreed on. */
  unusable = 0;
  /** Who else hears the audio, at once; null = nobody. */
  tap: ReceiveBuffer | null = null;
  readonly #events: InboundEvents;
  readonly #dtmfEvents = new DtmfEvents();
  /** Since the first session whose peer has no events. */
  #detector: DtmfDetector | null = null;
  /** Where audio goes: for a recorder or for a conversation. */
  #buffer: ReceiveBuffer = this.jitter;
  #codec: CodecName = 'PCMU';
  #payloadType = 0;
  #eventPayloadType = -1;
  #rivalSsrc = 0;
  #rivalPackets = 0;

  constructor(events: InboundEvents) {
    this.#events = events;
  }

  /** `playout`: who reads it instead of `pull`. */
  begin(settings: MediaSettings, nowMs: number, playout: ReceiveBuffer | null = null): void {
    this.#buffer = playout ?? this.jitter;
    this.lastPacketMs = nowMs;
    this.foreign = 0;
    this.unusable = 0;
    this.#rivalPackets = 0;
    this.reception.reset();
    this.#dtmfEvents.reset();
    this.#detector?.reset();
    this.#buffer.begin(settings.codec);
    this.update(settings);
  }

  /** New settings in the running session; the source may have moved, so that the latch opens. */
  update(settings: MediaSettings): void {
    this.#codec = settings.codec;
    this.#payloadType = settings.payloadType;
    this.#eventPayloadType = settings.eventPayloadType ?? -1;
    if (this.#eventPayloadType < 0) this.#detector ??= new DtmfDetector();
    this.#buffer.changeCodec(settings.codec);
    this.tap?.changeCodec(settings.codec);
    this.latch.open(settings.remote);
  }

  get codec(): CodecName {
    return this.#codec;
  }

  /** Packets whose audio is missing: never came, or came too late. */
  get missing(): number {
    return this.reception.lost + this.late;
  }

  get late(): number {
    return this.#buffer.late;
  }

  get jitterMs(): number {
    return this.reception.jitterUnits / samplesPerMs;
  }

  /** `arrivedMs`: the time, in [0]. */
  receive(bytes: Uint8Array, length: number, address: string, port: number, arrivedMs: Float64Array): void {
    if (!readRtp(bytes, length, header) || !this.#isAgreed(header.payloadType)) {
      this.unusable++;
      return;
    }
    const verdict = this.latch.judge(address, port);
    if (verdict === 'foreign') {
      this.foreign++;
      return;
    }
    if (verdict === 'moved') this.#events.moved(address, port);
    this.lastPacketMs = arrivedMs[0] ?? 0;
    if (this.#isOfStream()) this.#takeInSequence(bytes);
    else if (header.payloadType === this.#eventPayloadType) this.#event(bytes); // some peers give events an SSRC of their own
    else this.foreign++;
  }

  /** The next 20 ms, false = none now; in-band digits are listened for when the peer has no events. `heard`: somebody else listens too; if nobody does, the frame stays as it is. */
  pull(frame: Uint8Array, heard: boolean): boolean {
    const inBand = this.#eventPayloadType < 0;
    if (!this.jitter.pull(heard || inBand ? frame : null)) return false;
    if (inBand) this.#listen(frame);
    return true;
  }

  /** 20 ms ahead of their time, because the next packet might find no room behind them; false = there is room. */
  overflow(frame: Uint8Array): boolean {
    if (!this.jitter.full || !this.jitter.drain(frame)) return false;
    this.jitter.hastened++;
    if (this.#eventPayloadType < 0) this.#listen(frame);
    return true;
  }

  #listen(frame: Uint8Array): void {
    const detector = this.#detector;
    const digit = detector?.hear(frame, frameSamples, decodeTable(this.#codec)) ?? '';
    if (detector !== null && digit !== '') this.#events.digit(digit, detector.heardMs, 'in-band');
  }

  #isAgreed(payloadType: number): boolean {
    return payloadType === this.#eventPayloadType || payloadType === comfortNoise || this.#tableFor(payloadType) !== null;
  }

  /** Either law may come whatever was preferred, since both are offered (RFC 3264 section 7): each turns into the session's. */
  #tableFor(payloadType: number): Uint8Array | null {
    if (payloadType === this.#payloadType) return convertTable(this.#codec, this.#codec);
    if (payloadType === staticUlaw) return convertTable('PCMU', this.#codec);
    return payloadType === staticAlaw ? convertTable('PCMA', this.#codec) : null;
  }

  /** Follows the SSRC: the first is taken, a change needs two packets in a row. */
  #isOfStream(): boolean {
    const { ssrc, sequence } = header;
    if (this.reception.heard && ssrc === this.reception.ssrc) {
      this.#rivalPackets = 0;
      return true;
    }
    if (ssrc !== this.#rivalSsrc) this.#rivalPackets = 0;
    this.#rivalSsrc = ssrc;
    if (this.reception.heard && ++this.#rivalPackets < packetsToChangeSsrc) return false;
    this.reception.begin(ssrc, sequence);
    this.#buffer.restart();
    this.tap?.restart();
    this.#rivalPackets = 0;
    return true;
  }

  #takeInSequence(bytes: Uint8Array): void {
    const arrival = this.reception.arrive(header.sequence);
    if (arrival === 'duplicate' || arrival === 'refused') return;
    if (arrival === 'restarted') {
      this.#buffer.restart();
      this.tap?.restart();
    }
    if (header.payloadType === this.#eventPayloadType) return this.#eventInStream(bytes);
    this.reception.time((this.lastPacketMs * samplesPerMs) | 0, header.timestamp);
    this.#audio(bytes);
  }

  #audio(bytes: Uint8Array): void {
    const { payloadType, timestamp, payloadAt, payloadBytes } = header;
    const table = this.#tableFor(payloadType);
    if (table === null || payloadBytes === 0 || this.#dtmfEvents.covers(timestamp)) return;
    this.#buffer.insert(timestamp, bytes, payloadAt, payloadBytes, table);
    this.tap?.insert(timestamp, bytes, payloadAt, payloadBytes, table);
  }

  /** The digit's time is silent in what is heard and recorded. */
  #eventInStream(bytes: Uint8Array): void {
    this.#event(bytes);
    const from = this.#dtmfEvents.silenceFrom;
    const samples = this.#dtmfEvents.takeSilence();
    if (samples === 0) return;
    this.#buffer.insertSilence(from, samples);
    this.tap?.insertSilence(from, samples);
  }

  #event(bytes: Uint8Array): void {
    const { payloadAt, payloadBytes, timestamp, marker } = header;
    const digit = this.#dtmfEvents.receive(bytes, payloadAt, payloadBytes, timestamp, marker);
    if (digit !== '') this.#events.digit(digit, this.#dtmfEvents.durationMs, 'rfc4733');
  }
}
