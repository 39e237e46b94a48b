/**
 * The sent side of a port: on each packet's deadline the payload is written straight into the packet.
 *
 *   digits waiting? ── events agreed ──> event packet, 20 ms        (what plays stands still meanwhile)
 *        │         └── not agreed ─────> tones
 *        └ no ──> player (items, else silence) ──> packet of ptime
 *
 * The timestamp advances on every deadline, also while nothing may be sent; what plays then waits, since nobody would hear it.
 */
import type { DatagramBatch } from '../../hal/datagram.ts';
import type { Random } from '../../hal/random.ts';
import { frameMs, frameSamples, maxPtimeMs, samplesPerMs, tickMs } from './audio-format.ts';
import { copyCodes } from './copy-codes.ts';
import { DigitQueue } from './digit-queue.ts';
import { DtmfEventSender, eventPayloadBytes } from './dtmf-event-sender.ts';
import { DtmfToneSender } from './dtmf-tone-sender.ts';
import { encodeTable, silenceCode } from '../../hal/g711.ts';
import type { Joint } from './joint.ts';
import type { CodecName, MediaSettings, RtpStream } from './media-protocol.ts';
import type { Player } from './player.ts';
import type { Recorder } from './recorder.ts';
import type { SessionEnd } from './session-way.ts';
import { rtpHeaderBytes } from './rtp.ts';
import { RtpSender } from './rtp-sender.ts';
import { SilenceThinning } from './silence-thinning.ts';

export class Outbound {
  readonly sender: RtpSender;
  /** Deadline of the last packet. */
  sentAtMs = 0;
  readonly #player: Player;
  readonly #recorder: Recorder;
  readonly #digits = new DigitQueue();
  readonly #eventSender = new DtmfEventSender();
  readonly #toneSender = new DtmfToneSender();
  #payloadType = 0;
  #eventPayloadType: number | null = null;
  #encode = encodeTable('PCMU');
  #silence = silenceCode('PCMU');
  #ptimeMs = frameMs;
  #codec: CodecName = 'PCMU';
  #ticksLeft = 1;
  #talkspurt = true;
  #joint: Joint | null = null;
  /** There may be keys to send: those that know need not be asked for each packet, each in a place of its own in memory. The same for silence that was thinned. */
  #keys = false;
  #thinned = false;
  readonly #thinning: SilenceThinning;

  /** `silentPacketMs`: how often silence is sent while the caller is recorded. */
  constructor(batch: DatagramBatch, slot: number, { player, recorder }: Pick<SessionEnd, 'player' | 'recorder'>, silentPacketMs: number) {
    this.#thinning = new SilenceThinning(silentPacketMs);
    this.sender = new RtpSender(batch, slot);
    this.#player = player;
    this.#recorder = recorder;
  }

  /** `firstTick`: ticks until the first packet, by which ports are spread over the packet time. `resume`: the stream that goes on, with a marker. */
  begin(settings: MediaSettings, random: Random, firstTick: number, nowMs: number, resume: RtpStream | null): void {
    if (resume === null) this.sender.begin(random);
    else this.sender.resume(resume);
    this.#digits.clear();
    this.#eventSender.reset();
    this.#toneSender.reset();
    this.#ticksLeft = firstTick;
    this.#talkspurt = true;
    this.#thinning.reset();
    this.sentAtMs = nowMs;
    this.update(settings);
  }

  update(settings: MediaSettings): void {
    this.#payloadType = settings.payloadType;
    this.#eventPayloadType = settings.eventPayloadType;
    this.#encode = encodeTable(settings.codec);
    this.#silence = silenceCode(settings.codec);
    this.#codec = settings.codec;
    this.#joint?.sendAs(settings.codec);
    this.#ptimeMs = Math.max(tickMs, Math.min(maxPtimeMs, Math.round(settings.ptimeMs / tickMs) * tickMs)) || frameMs;
    this.#player.changeCodec(settings.codec);
  }

  /** Its audio is sent where nothing plays; null = silence is. */
  join(joint: Joint | null): void {
    this.#joint = joint;
    joint?.sendAs(this.#codec);
  }

  /** One tick of the pacer. `allowed`: the direction and a known address permit sending. */
  tick(nowMs: number, allowed: boolean): void {
    if (--this.#ticksLeft > 0) return;
    this.sentAtMs = nowMs;
    this.#ticksLeft = allowed ? this.#sendOne() : this.#standStill();
  }

  sendDigits(digits: string, toneMs: number, gapMs: number): void {
    this.#digits.add(digits, toneMs, gapMs);
    this.#keys = true;
  }

  /** Digits go as events. */
  get sendsEvents(): boolean {
    return this.#eventPayloadType !== null;
  }

  /** 20 ms of a line that is joined, by its clock: `table` turns its codes into the session's. An event takes the place of the audio. */
  frame(codes: Uint8Array, table: Uint8Array, nowMs: number, allowed: boolean): void {
    this.sentAtMs = nowMs;
    if (!allowed) {
      this.#talkspurt = true;
      this.sender.advance(frameSamples);
    } else if (this.#keying && (this.#eventSender.busy || (!this.#digits.empty && this.#eventPayloadType !== null))) this.#sendEvent();
    else {
      copyCodes(codes, 0, this.sender.packet, rtpHeaderBytes, frameSamples, table);
      this.#sendAudio(frameMs);
    }
  }

  /** So many ticks passed undone: their packets are never sent, their time is gone. */
  skip(ticks: number): void {
    this.#ticksLeft -= ticks;
    while (this.#ticksLeft <= 0) this.#ticksLeft += this.#standStill();
  }

  /** Answers the ticks until the next packet, as do all that send. */
  #standStill(): number {
    this.#talkspurt = true;
    return this.#advance(this.#ptimeMs);
  }

  #sendOne(): number {
    const keying = this.#keying;
    if (keying && (this.#eventSender.busy || (!this.#digits.empty && this.#eventPayloadType !== null && !this.#toneSender.busy))) return this.#sendEvent();
    if (this.#isSilent(keying) && !this.#thinning.sends(this.#ptimeMs)) return this.#standStill();
    const { packet } = this.sender;
    const samples = this.#ptimeMs * samplesPerMs;
    let done = 0;
    if (keying) {
      done = this.#toneSender.fill(this.#digits, packet, rtpHeaderBytes, samples, this.#encode, this.#silence);
    }
    if (this.#joint !== null) this.#joint.fill(packet, rtpHeaderBytes + done, samples - done);
    if (this.#joint === null || this.#player.playing) this.#player.fill(packet, rtpHeaderBytes + done, samples - done);
    return this.#sendAudio(this.#ptimeMs);
  }

  /**
   * The caller speaks, and there is nothing to hear. Elsewhere all silence is sent: a telephone whose buffer counts packets is out of step
   * for a moment when voice follows a pause, and what comes after a message may lose its first syllable before a conversation does.
   */
  #isSilent(keying: boolean): boolean {
    const silent = !keying && this.#joint === null && this.#recorder.recording && !this.#player.audible;
    if (!silent && this.#thinned) this.#thinning.reset();
    this.#thinned = silent;
    return silent;
  }

  /** Keys are being sent, or wait. */
  get #keying(): boolean {
    if (this.#keys) this.#keys = this.#eventSender.busy || this.#toneSender.busy || !this.#digits.empty;
    return this.#keys;
  }

  /** Sends what stands in the payload. */
  #sendAudio(ms: number): number {
    const marker = this.#player.takeBegan() || this.#talkspurt;
    this.#talkspurt = false;
    this.sender.send(marker, this.#payloadType, this.sender.timestamp, ms * samplesPerMs);
    return this.#advance(ms);
  }

  #sendEvent(): number {
    const { packet, timestamp } = this.sender;
    const step = this.#eventSender.step(this.#digits, timestamp, packet, rtpHeaderBytes);
    if (step === 'gap' || this.#eventPayloadType === null) {
      packet.fill(this.#silence, rtpHeaderBytes, rtpHeaderBytes + frameSamples);
      return this.#sendAudio(frameMs);
    }
    this.sender.send(step === 'first', this.#eventPayloadType, this.#eventSender.start, eventPayloadBytes);
    return this.#advance(frameMs);
  }

  #advance(ms: number): number {
    this.sender.advance(ms * samplesPerMs);
    return ms / tickMs;
  }
}
