/**
 * One port: what each call on it needs is allocated at boot and used anew by each session, and what few need when the first one does. Carries
 * commands to its parts, and their findings to control (`port-events.ts`); the audio itself goes by the session's way: RTP, a line, or both joined.
 */
import { decodeTable } from '../../hal/g711.ts';
import type { Log } from '../log.ts';
import { FaxCallingTone } from './detect/fax-calling-tone.ts';
import { Joint } from './joint.ts';
import { partPorts } from './joined-ports.ts';
import { crossingGapMs, crossingToneMs, LineWay } from './lines/line-way.ts';
import type { LineStation } from './lines/line-station.ts';
import type { MediaCommand, MediaSettings } from './media-protocol.ts';
import type { PlayEnd } from './player.ts';
import { Player } from './player.ts';
import { PortEvents, type PortEventsParts } from './port-events.ts';
import type { PromptBank } from './prompt-bank.ts';
import { Recorder } from './recorder.ts';
import { RecordingOrders } from './recording-orders.ts';
import { RtpWay, type RtpWayParts } from './rtp-way.ts';
import type { SessionEnd, SessionWay } from './session-way.ts';
import { steerPlayer } from './steer-player.ts';

export interface PortParts extends RtpWayParts, PortEventsParts {
  readonly log: Log;
  readonly prompts: PromptBank;
}

/** Commands that act on a running session. */
export type SessionCommand = Exclude<MediaCommand, { type: 'start' | 'start-line' | 'line' | 'join' | 'stop' | 'share' | 'shut-down' }>;

export type StartCommand = Extract<MediaCommand, { type: 'start' }>;

type PlayCommand = Extract<MediaCommand, { type: 'play' }>;

export class PortSession {
  /** -1 = idle. */
  session = -1;
  readonly #parts: PortParts;
  readonly #events: PortEvents;
  readonly #player: Player;
  readonly #recorder: Recorder;
  readonly #recording: RecordingOrders;
  readonly #rtp: RtpWay;
  readonly #end: SessionEnd;
  #line: LineWay | null = null;
  readonly #fax = new FaxCallingTone();
  #listensForFax = false;
  #way: SessionWay;
  #joint: Joint | null = null;
  /** The one that it is joined to (`joined-ports.ts`). */
  partner: PortSession | null = null;

  constructor(parts: PortParts) {
    this.#parts = parts;
    this.#events = new PortEvents(parts, this);
    this.#player = new Player(parts.prompts, {
      want: (play, stream, offset, bytes, spare) => this.#events.want(play, stream, offset, bytes, spare),
      ended: (play, reason, missingPrompts) => this.#played(play, reason, missingPrompts),
      starved: (play, packets) => this.#logStarved(play, packets),
    });
    this.#recorder = new Recorder(this.#events, parts.places, parts.port);
    this.#end = this.#asEnd();
    this.#rtp = new RtpWay(parts, this.#end);
    this.#recording = new RecordingOrders(this.#recorder, this.#rtp, this);
    this.#way = this.#rtp;
  }

  /** Only on an idle port. */
  start({ session, settings, shared = false, resume = null }: StartCommand, nowMs: number): void {
    this.#anew(session);
    this.#way = this.#rtp;
    this.#rtp.begin({ settings, shared, resume, playout: null }, nowMs);
  }

  /** Only on an idle port, and on an open line that no other session has. */
  startLine(session: number, station: LineStation, bridge: MediaSettings | null, nowMs: number): void {
    this.#anew(session);
    const line = (this.#line ??= new LineWay(this.#rtp, this.#parts.batch, this.#end));
    this.#way = line;
    line.begin(station, bridge, nowMs);
  }

  #anew(session: number): void {
    this.session = session;
    this.#player.speed(100);
    this.#joint?.reset();
    this.#listensForFax = false;
  }

  /** The line that the session is on; null = none. */
  get station(): LineStation | null {
    return this.#line !== null && this.#way === this.#line ? this.#line.station : null;
  }

  /** RTP is used: the port has to be ticked. */
  get usesRtp(): boolean {
    return this.#way === this.#rtp || this.#line?.bridged === true;
  }

  /** The session's audio is at the shared address. */
  get atShared(): boolean {
    return this.usesRtp && this.#rtp.atShared;
  }

  /** The sockets at the shared address were opened only now. */
  socketsOpened(): void {
    if (this.session >= 0) this.#rtp.socketsOpened();
  }

  /** Which way its audio goes. */
  get way(): SessionWay {
    return this.#way;
  }

  /** What this session sends of the one that it is joined to. */
  get joint(): Joint {
    return (this.#joint ??= new Joint());
  }

  command(command: SessionCommand, nowMs: number): void {
    switch (command.type) {
      case 'update':
        return this.#update(command.settings, nowMs);
      case 'report':
        return this.#reportStream();
      case 'listen-for-fax':
        return this.#listenForFax(command.on);
      case 'play':
        return this.#play(command);
      case 'stop-play':
      case 'seek':
      case 'pause':
      case 'speed':
      case 'block':
        return steerPlayer(this.#player, command);
      case 'record':
        return this.#recording.begin(command.record);
      case 'hand-over':
        return this.#recording.handOver();
      case 'stop-record':
        return this.#recording.stop();
      case 'key':
        this.#recording.fetchBefore(command.digit);
        return this.#key(command.digit, false);
      case 'send-digits':
        return this.#way.sendDigits(command.digits, command.toneMs, command.gapMs);
    }
  }

  /** Recorder and player end, BYE (if there is to be one) leaves with the next flush, `stopped` comes last. */
  stop(nowMs: number, bye: boolean): void {
    this.#recording.stop();
    this.#player.stop();
    partPorts(this);
    if (bye && this.usesRtp) this.#rtp.bye(nowMs);
    this.#events.stopped({ ...this.#way.stats(), ...this.#joint?.stats });
    this.#line?.end();
    this.session = -1;
  }

  /** Nothing leaves any more; after the flush that carried the BYE. */
  disconnect(): void {
    this.#rtp.disconnect();
  }

  /** `held`: the unit has the shared address. */
  tick(nowMs: number, held: boolean): void {
    if (this.usesRtp) this.#rtp.tick(nowMs, held);
  }

  /** Ticks that nobody did. */
  skip(ticks: number): void {
    if (this.usesRtp) this.#rtp.skip(ticks);
  }

  /** `arrivedMs`: see `RtpWay.rtp`. */
  rtp(bytes: Uint8Array, length: number, address: string, port: number, arrivedMs: Float64Array): void {
    if (this.usesRtp) this.#rtp.rtp(bytes, length, address, port, arrivedMs);
  }

  /** False = it is not the session's. */
  rtcp(bytes: Uint8Array, length: number, address: string, port: number, nowMs: number): boolean {
    return this.usesRtp && this.#rtp.rtcp(bytes, length, address, port, nowMs);
  }

  #asEnd(): SessionEnd {
    return {
      listens: () => this.#recorder.recording || this.#listensForFax,
      player: this.#player,
      recorder: this.#recorder,
      heard: (frame) => this.#heard(frame),
      digit: (digit, durationMs, source) => this.#digit(digit, durationMs, source),
      interrupted: () => this.#recording.interrupt(),
      quiet: (silentMs) => this.#events.quiet(silentMs),
    };
  }

  #heard(frame: Uint8Array): void {
    this.#recorder.frame(frame, this.#way.missing);
    if (this.#listensForFax && this.#fax.hear(frame, decodeTable(this.#way.codec))) this.#events.faxTone();
  }

  #listenForFax(on: boolean): void {
    if (on && !this.#listensForFax) this.#fax.reset();
    this.#listensForFax = on;
  }

  #update(settings: MediaSettings, nowMs: number): void {
    this.#recording.fetch();
    this.#recording.changeCodec(settings.codec);
    this.#way.update(settings, nowMs);
  }

  #reportStream(): void {
    const stream = this.#way.stream();
    if (stream !== null) this.#events.report(stream);
  }

  #play({ play, items, stopOnDigit, then }: PlayCommand): void {
    this.#player.begin(play, items, stopOnDigit);
    if (then !== undefined) this.#recording.arm(then);
  }

  #played(play: number, reason: PlayEnd, missingPrompts: readonly string[]): void {
    this.#events.playEnded(play, reason, missingPrompts);
    this.#recording.release(reason === 'done');
  }

  #digit(digit: string, durationMs: number, source: 'rfc4733' | 'in-band'): void {
    this.#events.digit(digit, durationMs, source);
    this.#key(digit, source === 'in-band');
    if (this.#line !== null && this.#way === this.#line) this.#line.passOn(digit, source);
    // A key in the audio has crossed with it.
    if (source === 'rfc4733') this.partner?.way.sendDigits(digit, crossingToneMs, crossingGapMs);
  }

  #key(digit: string, inBand: boolean): void {
    this.#player.digit();
    this.#recording.key(digit, inBand);
  }

  #logStarved(play: number, packets: number): void {
    this.#parts.log.write('warning', 'stream-starved', 'Stored audio did not come in time; the caller heard silence.', { port: this.#parts.port, play, packets });
  }
}
