import type { MediaCommand, MediaEvent, MediaSettings, MediaStats, PlayItem, CodecName, RecordSettings, RtpStream } from '../media/media-protocol.ts';
import type { Port } from './port-pool.ts';

/** Stored audio that a channel plays: a message or a greeting. */
export interface AudioSource {
  readonly codec: CodecName;
  readonly bytes: number;
  /** Up to `length` bytes from `offset`, which are the caller's own; empty at the end or when the rest is damaged. `into`: memory for them, if it is of that length; it is the source's to use or to leave. */
  read(offset: number, length: number, into?: Uint8Array | null): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The channel numbers it. */
export type RecordWish = Omit<RecordSettings, 'record'>;

/** Steps in which stored audio is heard slower or faster, percent. */
const speeds = [75, 100, 125, 150];

/** What a channel tells its call. */
export interface ChannelHandlers {
  digit(digit: string): void;
  /** A fax machine calls: told while `listenForFax` is on. */
  faxTone?(): void;
  /** Everything of the last `play` was heard. */
  played(): void;
  /** A stream of the last `play` cannot be read on. */
  unplayable(): void;
  chunk(bytes: Uint8Array, lostPackets: number): void;
  recorded(event: Extract<MediaEvent, { type: 'record-ended' }>): void;
  silent(silentMs: number): void;
  /** How far the sent stream is. */
  reported?(stream: RtpStream): void;
  stopped(stats: MediaStats): void;
}

/** The control thread's end of one media session: numbers its plays and records, feeds its streams, drops what is out of date. */
export class MediaChannel {
  readonly port: Port;
  readonly #send: (command: MediaCommand) => void;
  readonly #handlers: ChannelHandlers;
  readonly #streams = new Map<number, { open: () => Promise<AudioSource>; source: Promise<AudioSource> | null }>();
  #play = 0;
  #record = 0;
  /** `recorded` is still to come. */
  #records = false;
  /** The media thread has let go of the session. */
  #stopped = false;
  #stream = 0;
  #speed = speeds.indexOf(100);

  constructor(port: Port, send: (command: MediaCommand) => void, handlers: ChannelHandlers) {
    this.port = port;
    this.#send = send;
    this.#handlers = handlers;
  }

  /** `shared`: the audio is at the address of the pair. `resume`: the stream of the partner goes on. */
  start(settings: MediaSettings, how: { readonly shared?: boolean; readonly resume?: RtpStream | null } = {}): void {
    this.#send({ type: 'start', ...this.#address(), settings, ...how });
  }

  /** The audio is an analog line's, as `start-line` numbers it. */
  startLine(line: number): void {
    this.#send({ type: 'start-line', ...this.#address(), line, bridge: null });
  }

  /** `reported` follows. */
  report(): void {
    this.#send({ type: 'report', ...this.#address() });
  }

  update(settings: MediaSettings): void {
    this.#send({ type: 'update', ...this.#address(), settings });
  }

  /** A stored audio as an item of the next `play`; it is opened when the port first asks for its bytes. */
  stream(codec: CodecName, bytes: number, open: () => Promise<AudioSource>): PlayItem {
    const stream = ++this.#stream;
    this.#streams.set(stream, { open, source: null });
    return { kind: 'stream', stream, codec, bytes };
  }

  /** `then`: recorded from the end of it on, whenever that is known here. `recorded` follows in any case, also where the play is not heard to its end. */
  play(items: readonly PlayItem[], stopOnDigit: boolean, then?: RecordWish): void {
    this.#play += 1;
    this.#closeStreams(items);
    this.#send({ type: 'play', ...this.#address(), play: this.#play, items, stopOnDigit, ...(then === undefined ? {} : { then: this.#numbered(then) }) });
  }

  /** What plays ends unheard: no `played` follows. */
  stopPlay(): void {
    this.#play += 1;
    this.#closeStreams([]);
    this.#send({ type: 'stop-play', ...this.#address() });
  }

  seek(deltaMs: number): void {
    this.#send({ type: 'seek', ...this.#address(), deltaMs });
  }

  pause(paused: boolean): void {
    this.#send({ type: 'pause', ...this.#address(), paused });
  }

  /** Of stored audio, one step. */
  speed(faster: boolean): void {
    this.#speed = Math.max(0, Math.min(speeds.length - 1, this.#speed + (faster ? 1 : -1)));
    this.#send({ type: 'speed', ...this.#address(), percent: speeds[this.#speed] as number });
  }

  /** At first nobody listens. */
  listenForFax(on: boolean): void {
    this.#send({ type: 'listen-for-fax', ...this.#address(), on });
  }

  record(settings: RecordWish): void {
    this.#send({ type: 'record', ...this.#address(), record: this.#numbered(settings) });
  }

  #numbered(settings: RecordWish): RecordSettings {
    this.#record += 1;
    this.#records = !this.#stopped;
    return { ...settings, record: this.#record };
  }

  /** A chunk of what has been gathered follows, if there is something. */
  handOver(): void {
    this.#send({ type: 'hand-over', ...this.#address() });
  }

  /** false: no `recorded` follows, since the media thread has let go of the session. */
  stopRecord(): boolean {
    this.#send({ type: 'stop-record', ...this.#address() });
    return !this.#stopped;
  }

  /** A key that did not come as audio. */
  key(digit: string): void {
    this.#send({ type: 'key', ...this.#address(), digit });
  }

  sendDigits(digits: string): void {
    this.#send({ type: 'send-digits', ...this.#address(), digits, toneMs: 120, gapMs: 80 });
  }

  /** `quietly`: the stream goes on elsewhere, and its peer is not told that it ends. */
  stop(quietly = false): void {
    this.#closeStreams([]);
    this.#send({ type: 'stop', ...this.#address(), quietly });
  }

  /** An event of this port; those of another session are nobody's. */
  handle(event: MediaEvent): void {
    if (!('session' in event) || event.port !== this.port.index || event.session !== this.port.session) return;
    switch (event.type) {
      case 'digit':
        return this.#handlers.digit(event.digit);
      case 'fax-tone':
        return this.#handlers.faxTone?.();
      case 'play-ended':
        return event.play === this.#play && event.reason === 'done' ? this.#handlers.played() : undefined;
      case 'want':
        return void this.#supply(event);
      case 'chunk':
        return event.record === this.#record ? this.#handlers.chunk(event.bytes, event.lostPackets) : undefined;
      case 'record-ended':
        return event.record === this.#record ? this.#recorded(event) : undefined;
      case 'rtp-timeout':
        return this.#handlers.silent(event.silentMs);
      case 'report':
        return this.#handlers.reported?.(event.stream);
      case 'stopped':
        return this.#ended(event.stats);
    }
  }

  #recorded(event: Parameters<ChannelHandlers['recorded']>[0]): void {
    this.#records = false;
    this.#handlers.recorded(event);
  }

  /** What was to be recorded was asked for too late. */
  #ended(stats: MediaStats): void {
    this.#stopped = true;
    if (this.#records) this.#recorded({ type: 'record-ended', ...this.#address(), record: this.#record, ...nothingRecorded });
    this.#handlers.stopped(stats);
  }

  async #supply(want: Extract<MediaEvent, { type: 'want' }>): Promise<void> {
    const stream = this.#streams.get(want.stream);
    if (stream === undefined || want.play !== this.#play) return;
    const { play, offset } = want;
    let bytes: Uint8Array = nothing;
    try {
      stream.source ??= stream.open();
      bytes = await (await stream.source).read(offset, want.bytes, want.spare);
    } catch {
      // Told below: an unreadable stream is one that ends here.
    }
    if (play !== this.#play) return;
    const isEnd = bytes.length === 0; // what is sent is here no more
    this.#send({ type: 'block', ...this.#address(), play, stream: want.stream, offset, bytes });
    if (isEnd) this.#handlers.unplayable();
  }

  #closeStreams(except: readonly PlayItem[]): void {
    const kept = new Set(except.map((item) => (item.kind === 'stream' ? item.stream : -1)));
    for (const [number, stream] of this.#streams) {
      if (kept.has(number)) continue;
      this.#streams.delete(number);
      stream.source?.then((source) => source.close()).catch(() => undefined);
    }
  }

  #address(): { port: number; session: number } {
    return { port: this.port.index, session: this.port.session };
  }
}

const nothing = new Uint8Array(0);
const nothingRecorded = { reason: 'stopped', recordedMs: 0, trailingSilenceMs: 0, lostPackets: 0, digit: null } as const;
