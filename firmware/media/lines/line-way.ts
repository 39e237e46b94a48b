/**
 * A session on a line, by the line's clock: each frame of the line is heard, and one is sent.
 *
 *   line ──> recorder                            line <── digits | player | silence
 *     └────> RTP packet, or event     (joined)     └───── play-out buffer <── RTP            events become tones, tones events
 *
 * A half-duplex line hears nothing while it sends, so that it sends only what plays.
 */
import type { DatagramBatch } from '../../../hal/datagram.ts';
import { convertTable, encodeTable, silenceCode } from '../../../hal/g711.ts';
import { frameSamples } from '../audio-format.ts';
import { copyCodes } from '../copy-codes.ts';
import { DigitQueue } from '../digit-queue.ts';
import { DtmfToneSender } from '../dtmf-tone-sender.ts';
import type { CodecName, MediaSettings, MediaStats, RtpStream } from '../media-protocol.ts';
import { noRtp } from '../port-report.ts';
import type { Joint } from '../joint.ts';
import type { RtpWay } from '../rtp-way.ts';
import type { SessionEnd, SessionWay } from '../session-way.ts';
import type { LineSink } from './line-sink.ts';
import type { LineStation } from './line-station.ts';

/** Of a digit that crosses: long enough for any receiver (Q.24), short enough for fast fingers. */
export const crossingToneMs = 100;
export const crossingGapMs = 60;

export class LineWay implements SessionWay, LineSink {
  readonly #rtp: RtpWay;
  readonly #batch: DatagramBatch;
  readonly #end: SessionEnd;
  readonly #digits = new DigitQueue();
  readonly #toneSender = new DtmfToneSender();
  readonly #quiet = new Uint8Array(frameSamples);
  #station: LineStation | null = null;
  #bridged = false;
  #codec: CodecName = 'PCMU';
  #toRtp = convertTable('PCMU', 'PCMU');
  #toLine = convertTable('PCMU', 'PCMU');
  /** Where what is heard goes, and where from comes what is sent, while the session is joined to another port's. */
  #heard: Joint | null = null;
  #spoken: Joint | null = null;
  #underrunsBefore = 0;
  #overrunsBefore = 0;

  constructor(rtp: RtpWay, batch: DatagramBatch, end: SessionEnd) {
    this.#rtp = rtp;
    this.#batch = batch;
    this.#end = end;
  }

  begin(station: LineStation, bridge: MediaSettings | null, nowMs: number): void {
    this.#station = station;
    this.#codec = station.law;
    this.#quiet.fill(silenceCode(station.law));
    this.#digits.clear();
    this.#toneSender.reset();
    this.#underrunsBefore = station.underruns;
    this.#overrunsBefore = station.overruns;
    this.#bridged = bridge !== null;
    this.#end.player.changeCodec(station.law);
    if (bridge !== null) {
      this.#rtp.begin({ settings: bridge, shared: false, resume: null, playout: station.playout }, nowMs);
      this.#settle(bridge);
    }
    station.attach(this);
  }

  /** Lets go of the line. */
  end(): void {
    this.join(null, null);
    this.#station?.detach(this);
    this.#station = null;
    this.#bridged = false;
  }

  get station(): LineStation | null {
    return this.#station;
  }

  get bridged(): boolean {
    return this.#bridged;
  }

  get codec(): CodecName {
    return this.#codec;
  }

  /** Frames that nobody took from the line in time. */
  get missing(): number {
    return Math.ceil(((this.#station?.overruns ?? 0) - this.#overrunsBefore) / frameSamples);
  }

  get sendsDigits(): boolean {
    return this.#toneSender.busy;
  }

  frame(frame: Uint8Array, out: Uint8Array, nowMs: number): boolean {
    this.#end.heard(frame);
    this.#heard?.put(frame);
    if (this.#bridged) this.#send(frame, nowMs);
    return this.#answer(out);
  }

  join(heard: Joint | null, spoken: Joint | null): void {
    this.#heard = heard;
    this.#spoken = spoken;
    spoken?.sendAs(this.#codec);
  }

  digit(digit: string, durationMs: number): void {
    this.#end.digit(digit, durationMs, 'in-band');
  }

  /** A digit of one side, for the other. Without events agreed the tone itself has crossed. */
  passOn(digit: string, source: 'rfc4733' | 'in-band'): void {
    if (!this.#bridged) return;
    if (source === 'rfc4733') this.#digits.add(digit, crossingToneMs, crossingGapMs);
    else if (this.#rtp.sendsEvents) this.#rtp.sendDigits(digit, crossingToneMs, crossingGapMs);
  }

  /** Nothing waits: a recording has all that the line gave. */
  drain(): boolean {
    return false;
  }

  update(settings: MediaSettings, nowMs: number): void {
    if (!this.#bridged) return;
    this.#rtp.update(settings, nowMs);
    this.#settle(settings);
  }

  sendDigits(digits: string, toneMs: number, gapMs: number): void {
    this.#digits.add(digits, toneMs, gapMs);
  }

  stream(): RtpStream | null {
    return this.#bridged ? this.#rtp.stream() : null;
  }

  stats(): MediaStats {
    const lineUnderruns = (this.#station?.underruns ?? 0) - this.#underrunsBefore;
    const lineOverruns = (this.#station?.overruns ?? 0) - this.#overrunsBefore;
    if (!this.#bridged || this.#station === null) return { ...noRtp, lineUnderruns, lineOverruns };
    return { ...this.#rtp.stats(), ...this.#station.playout.stats, lineUnderruns, lineOverruns };
  }

  #settle(settings: MediaSettings): void {
    this.#toRtp = convertTable(this.#codec, settings.codec);
    this.#toLine = convertTable(settings.codec, this.#codec);
    this.#end.player.changeCodec(this.#codec);
  }

  /** A digit that goes as an event is not to be heard as well. */
  #send(frame: Uint8Array, nowMs: number): void {
    const hushed = this.#rtp.sendsEvents && this.#station?.digitSounds === true;
    this.#rtp.sendFrame(hushed ? this.#quiet : frame, this.#toRtp, nowMs);
    this.#batch.flush();
  }

  #answer(out: Uint8Array): boolean {
    const { player } = this.#end;
    const joined = this.#bridged && this.#rtp.pullFrame(out);
    if (joined) copyCodes(out, 0, out, 0, frameSamples, this.#toLine);
    else if (this.#spoken !== null) this.#spoken.fill(out, 0, frameSamples);
    else out.set(this.#quiet);
    const plays = player.playing;
    const dials = this.#toneSender.busy || !this.#digits.empty;
    const done = dials ? this.#toneSender.fill(this.#digits, out, 0, frameSamples, encodeTable(this.#codec), silenceCode(this.#codec)) : 0;
    if (plays) player.fill(out, done, frameSamples - done);
    return plays || dials || this.#station?.halfDuplex !== true;
  }
}
