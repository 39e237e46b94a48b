/**
 * One configured line: opened by its driver and kept open, listened to, and spoken to by whoever has it.
 *
 *   driver ──> opener ──> line ──frame──> ears ──> digit, tone, caller's number, silence ──> control
 *                           ▲    event ──────────────────────────────────────────────────────> control
 *                           └─────── session | test | tone | on-hook data          (the first that there is)
 */
import type { Clock } from '../../../hal/clock.ts';
import type { HalError } from '../../../hal/errors.ts';
import type { Line, LineDriver, LineEvent, LineHappening } from '../../../hal/line.ts';
import type { Log } from '../../log.ts';
import { frameSamples } from '../audio-format.ts';
import type { CodecName, LineCommand, LineSettings, MediaEvent } from '../media-protocol.ts';
import { PlayoutBuffer } from '../playout-buffer.ts';
import { LineData } from './line-data.ts';
import { LineEars } from './line-ears.ts';
import { LineLosses } from './line-losses.ts';
import { LineOpener } from './line-opener.ts';
import { setUpLine } from './line-set-up.ts';
import type { LineSink } from './line-sink.ts';
import { onHookData } from './on-hook-data.ts';
import { LineTester } from './line-tester.ts';
import { LineVoice } from './line-voice.ts';

export interface LineStationParts {
  /** As commands number it. */
  readonly line: number;
  readonly settings: LineSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly driver: () => LineDriver;
  readonly emit: (event: MediaEvent) => void;
  /** The line is gone; its session has to end. */
  readonly lost: (station: LineStation) => void;
}

/** Longer than any pause between two rings: a line that is seized later was idle. */
const ringPauseSamples = 8 * 7000;
const callOnLine = 'A call is on the line.';

export class LineStation {
  readonly line: number;
  /** Of a session that joins RTP and the line. */
  readonly playout = new PlayoutBuffer();
  readonly #parts: LineStationParts;
  readonly #opener: LineOpener;
  readonly #ears: LineEars;
  readonly #voice: LineVoice;
  readonly #data: LineData;
  readonly #losses: LineLosses;
  readonly #tester: LineTester;
  readonly #out = new Uint8Array(frameSamples);
  #open: Line | null = null;
  #law: CodecName = 'PCMU';
  #offHook = false;
  #sample = 0;
  /** Sample at which it rang last. */
  #rangAt = -Infinity;
  #sink: LineSink | null = null;

  constructor(parts: LineStationParts) {
    this.line = parts.line;
    this.#parts = parts;
    const tell = (happening: LineHappening): void => this.#tell({ sample: this.#sample, ...happening });
    this.#ears = new LineEars(parts.settings, {
      digit: (digit, durationMs) => this.#digit(digit, durationMs, { sample: this.#sample, type: 'digit', digit, via: 'dtmf' }),
      tone: (tone) => tell({ type: 'tone', tone }),
      callerId: (callerId) => tell({ type: 'caller-id', callerId }),
      silent: (silentMs) => parts.emit({ type: 'line-silent', line: parts.line, silentMs }),
    });
    this.#voice = new LineVoice(parts.settings);
    this.#data = new LineData(parts.settings, onHookData);
    this.#losses = new LineLosses(parts.clock, (event) => this.#tell(event));
    this.#tester = new LineTester(parts.clock, (result) => parts.emit({ type: 'line-test', line: parts.line, result }));
    this.#opener = new LineOpener({
      clock: parts.clock, settings: parts.settings, driver: parts.driver,
      opened: (line) => this.#opened(line),
      failed: (text) => parts.emit({ type: 'line-lost', line: parts.line, text }),
    });
  }

  start(): void {
    this.#opener.open();
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  get law(): CodecName {
    return this.#law;
  }

  get halfDuplex(): boolean {
    return this.#open?.capabilities.duplex === 'half';
  }

  /** A digit sounds that was told. */
  get digitSounds(): boolean {
    return this.#ears.digitSounds;
  }

  /** Samples, since the start of the thread. */
  get underruns(): number {
    return this.#losses.underruns;
  }

  get overruns(): number {
    return this.#losses.overruns;
  }

  /** A session takes the line; a tone or a test ends. */
  attach(sink: LineSink): void {
    this.#voice.tone(null);
    this.#tester.stop();
    this.#open?.audio.flush();
    this.#sink = sink;
  }

  detach(sink: LineSink): void {
    if (this.#sink !== sink) return;
    this.#sink = null;
    this.#open?.audio.flush();
  }

  command(command: LineCommand): void {
    const line = this.#open;
    if (command.type === 'reset') return this.#reset(line);
    if (line === null) return this.#refuse(command.type, 'The line is not open.');
    const { control } = line;
    switch (command.type) {
      case 'seize':
        return control.seize();
      case 'release':
        return control.release();
      case 'dial':
        return control.dial(command.digits, command.how);
      case 'flash':
        return control.flash();
      case 'ring':
        this.#data.ring(command.callerId, command.cadenceMs);
        return control.ring(command.cadenceMs, command.callerId);
      case 'stop-ringing':
        this.#data.quiet();
        return control.stopRinging();
      case 'lamp':
        return line.capabilities.lamp === 'fsk' ? this.#data.lamp(command.lit) : control.lamp(command.lit);
      case 'tone':
        return this.#tone(command.tone);
      case 'test':
        return this.#sink === null ? this.#tester.begin(command.test, this.#law) : this.#refuse('test', callOnLine);
    }
  }

  async close(): Promise<void> {
    this.#opener.close();
    const line = this.#open;
    this.#gone();
    await line?.close();
  }

  #opened(line: Line): void {
    const { settings, log } = this.#parts;
    const { capabilities } = line;
    this.#open = line;
    this.#rangAt = -Infinity;
    this.#law = capabilities.law;
    this.#offHook = false;
    this.#ears.open(capabilities);
    this.#voice.open(capabilities);
    this.#data.open(capabilities);
    line.happened = (event) => this.#happened(event);
    line.lost = (error) => this.#lost(error);
    line.audio.heard = (frame, sample) => this.#heard(frame, sample);
    setUpLine(line, settings, log);
    this.#parts.emit({ type: 'line-open', line: this.line, capabilities });
  }

  #lost(error: HalError): void {
    this.#gone();
    this.#parts.lost(this);
    this.#opener.lost(error.message);
  }

  #reset(line: Line | null): void {
    if (line === null) return this.#opener.open();
    this.#gone();
    this.#parts.lost(this);
    this.#parts.emit({ type: 'line-lost', line: this.line, text: 'it was asked to be opened anew' });
    void line.close().catch(() => undefined).finally(() => this.#opener.open());
  }

  #gone(): void {
    const line = this.#open;
    this.#open = null;
    this.#offHook = false;
    this.#tester.stop();
    if (line === null) return;
    line.happened = null;
    line.lost = null;
    line.audio.heard = null;
  }

  #heard(frame: Uint8Array, sample: number): void {
    this.#sample = sample + frameSamples;
    if (this.#offHook) this.#ears.hearOffHook(frame, this.#sink?.sendsDigits === true);
    else this.#ears.hearOnHook(frame);
    const line = this.#open;
    if (line !== null && this.#speak(frame)) line.audio.write(this.#out);
  }

  /** Whether there is something to send. */
  #speak(frame: Uint8Array): boolean {
    if (this.#sink !== null) return this.#sink.frame(frame, this.#out, this.#parts.clock.monotonic());
    if (this.#tester.running) return this.#tester.frame(frame, this.#out);
    return this.#offHook ? this.#voice.say(this.#out) : this.#data.say(this.#out);
  }

  #happened(event: LineEvent): void {
    if (event.type === 'underrun' || event.type === 'overrun') return this.#losses.add(event);
    if (event.type === 'digit') return this.#digit(event.digit, 0, event);
    if (event.type === 'off-hook' || event.type === 'on-hook') this.#hook(event.type === 'off-hook', event.sample);
    if (event.type === 'ring-started' || event.type === 'ring-stopped') this.#rang(event.sample);
    this.#tell(event);
  }

  #hook(off: boolean, sample: number): void {
    this.#offHook = off;
    this.#ears.reset(off && sample - this.#rangAt > ringPauseSamples);
    this.#voice.tone(null);
    if (off) this.#data.quiet();
  }

  #rang(sample: number): void {
    this.#rangAt = sample;
    this.#ears.rang();
  }

  #digit(digit: string, durationMs: number, event: LineEvent): void {
    if (this.#sink !== null) this.#sink.digit(digit, durationMs);
    else this.#tell(event);
  }

  #tone(tone: Extract<LineCommand, { type: 'tone' }>['tone']): void {
    if (this.#sink !== null) return this.#refuse('tone', callOnLine);
    this.#open?.audio.flush();
    this.#voice.tone(tone);
  }

  #tell(event: LineEvent): void {
    this.#parts.emit({ type: 'line', line: this.line, event });
  }

  #refuse(command: string, why: string): void {
    this.#parts.log.write('warning', 'line-command-refused', why, { line: this.#parts.settings.name, command });
  }
}
