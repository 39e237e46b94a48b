import type { Clock, Timer } from '../../../hal/clock.ts';
import type { CallerId } from '../../../hal/line.ts';
import { type AtCommand, parseAtLine } from './at-line.ts';
import { callerIdText } from './caller-id-text.ts';
import { CommandReader } from './command-reader.ts';
import { DepartureReport } from './departure-report.ts';
import { Dialler } from './dialler.ts';
import type { Departure, Exchange, LineSide } from './exchange.ts';
import { HostOutput } from './host-output.ts';
import { LineClock } from './line-clock.ts';
import { type Deed, execute } from './modem-commands.ts';
import type { ModemFaults } from './modem-faults.ts';
import type { ModemProfile } from './modem-profile.ts';
import { factorySettings } from './modem-settings.ts';
import type { ModemWire } from './modem-wire.ts';
import type { Result } from './result-text.ts';
import { type VoiceMode, VoicePath } from './voice-path.ts';
import { code, DLE, ETX } from './voice-shield.ts';

const tickMs = 5;
/** V.250, 5.6.1: what comes so soon after a command does not abort it. */
const deafMs = 125;

/** An emulated voice modem of ITU-T V.253 between a wire and an exchange. */
export class Modem implements LineSide {
  readonly profile: ModemProfile;
  readonly faults: ModemFaults;
  readonly exchange: Exchange;
  readonly voice: VoicePath;
  /** Command lines in order, without AT; the last 2000. */
  readonly commands: string[] = [];
  /** Bytes of the host that came while a command was at work, and were lost. */
  strayBytes = 0;
  settings;
  readonly #clock: Clock;
  readonly #wire: ModemWire;
  readonly #lineClock: LineClock;
  readonly #reader = new CommandReader();
  readonly #out: HostOutput;
  readonly #dialler: Dialler;
  readonly #departure: DepartureReport;
  readonly #timers = new Set<Timer>();
  #tick: Timer | null = null;
  #busySinceMs: number | null = null;
  #heardHostMs = 0;

  /** `ppm`: how much its crystal is fast. */
  constructor(clock: Clock, wire: ModemWire, exchange: Exchange, profile: ModemProfile, faults: ModemFaults, ppm = 0) {
    this.#clock = clock;
    this.#wire = wire;
    this.exchange = exchange;
    this.profile = profile;
    this.faults = faults;
    this.settings = factorySettings(profile);
    this.#out = new HostOutput(wire, profile.bufferBytes, () => this.settings);
    this.#lineClock = new LineClock(clock, ppm);
    this.voice = new VoicePath(exchange, profile, { stream: (bytes) => this.#out.stream(bytes), event: (letter) => this.event(letter), ended: (mode) => this.#streamEnded(mode) });
    this.#dialler = new Dialler(exchange, this.voice, (ms, act) => this.#later(ms, act));
    this.#departure = new DepartureReport(exchange, this.voice, (ms, act) => this.#later(ms, act), (letter) => this.event(letter));
    exchange.line = this;
    this.#schedule();
  }

  get offHook(): boolean {
    return this.exchange.state === 'calling' || this.exchange.state === 'up' || this.exchange.state === 'gone';
  }

  get mode(): VoiceMode {
    return this.voice.mode;
  }

  /** Tells the host a code of its own accord, as voice modems do in voice mode: `DLE letter`. */
  event(letter: string): void {
    if (this.settings.serviceClass === '8') this.#out.send(code(letter));
  }

  /** The plug is pulled: the port is gone, the line is dropped. */
  close(): void {
    this.#tick?.cancel();
    this.#timers.forEach((timer) => timer.cancel());
    this.#wire.close();
    this.exchange.release();
    this.exchange.close();
  }

  ringing(on: boolean): void {
    if (!on) return;
    if (this.settings.serviceClass === '8' && this.profile.voiceRing === 'DLE R') this.event('R');
    else this.#out.result('RING');
  }

  callerId(callerId: CallerId): void {
    const text = callerIdText(this.settings.values.get('+VCID') ?? '0', callerId, this.profile.callerIdGap, new Date(this.#clock.wall()));
    text.forEach((line) => this.#out.say(line));
  }

  key(key: string, on: boolean): void {
    if (!this.offHook) return;
    if (this.profile.digitBounds && on) this.event('/');
    if (on) this.event(key);
    else if (this.profile.digitBounds) this.event('~');
  }

  departed(how: Departure): void {
    this.#departure.tell(this.faults.saysOnlyLoop ? 'loop' : how);
  }

  #schedule(): void {
    this.#tick = this.#clock.after('modem', tickMs, () => {
      this.#schedule();
      this.#hear();
      const samples = this.#lineClock.due(this.offHook);
      this.voice.silence.compresses = this.settings.silenceCompression > 0 || this.faults.silenceSuppression;
      if (samples > 0) this.voice.run(samples);
      this.#watchInactivity();
      this.#out.flush();
    });
  }

  #hear(): void {
    const bytes = this.#wire.read(this.voice.room);
    if (bytes === null) return this.#detached();
    this.#out.attached = true;
    if (bytes.length > 0) this.#heardHostMs = this.#clock.monotonic();
    for (const byte of bytes) {
      if (this.mode === 'command') this.#heardInCommandMode(byte);
      else this.voice.take(byte);
    }
  }

  /** DTR falls: the line is given up. */
  #detached(): void {
    if (!this.#out.attached) return;
    this.#out.detach();
    this.#dialler.abort();
    this.#hook(false);
    this.settings.serviceClass = '0';
    this.#reader.clear();
    this.#busySinceMs = null;
  }

  #heardInCommandMode(byte: number): void {
    if (this.#busySinceMs !== null) {
      if (this.#dialler.busy && this.#clock.monotonic() - this.#busySinceMs > deafMs) {
        this.#dialler.abort();
        this.#noCarrier();
      } else this.strayBytes++;
      return;
    }
    if (this.settings.echo) this.#out.send(Uint8Array.of(byte));
    const line = this.#reader.push(byte);
    if (line !== null) this.#obey(line);
  }

  #obey(line: string): void {
    this.commands.push(line);
    if (this.commands.length > 2000) this.commands.shift();
    if (this.faults.mute) return;
    this.#busySinceMs = this.#clock.monotonic();
    const commands = line === 'too-long' || this.faults.refuse?.test(line) === true ? null : parseAtLine(line);
    this.#later(this.faults.replyDelayMs, () => (commands === null ? this.#finish('ERROR') : this.#run(commands)));
  }

  /** The commands of a line, one after another; the first that fails ends it. */
  #run(commands: readonly AtCommand[]): void {
    const [first, ...rest] = commands;
    if (first === undefined) return this.#finish('OK');
    const outcome = execute(first, this.settings, this.profile);
    if (outcome === null) return this.#finish('ERROR');
    if (outcome.text !== undefined) this.#out.say(outcome.text.join('\r\n'));
    if (outcome.deed === undefined) this.#run(rest);
    else this.#do(outcome.deed, () => this.#run(rest));
  }

  #do(deed: Deed, next: () => void): void {
    if (deed.type === 'hook') {
      this.#hook(deed.off);
      next();
    } else if (deed.type === 'tones') {
      if (!this.offHook) return this.#finish('ERROR');
      this.voice.dialling = false;
      this.voice.play(deed.tones, next);
    } else if (deed.type === 'stream') this.#begin(deed.mode);
    else if (deed.type === 'dial') {
      this.#hook(true);
      this.#dialler.dial(deed.number, (dialled) => (dialled ? this.#connect(this.profile.dialResult) : this.#finish('NO DIALTONE')));
    } else if (this.exchange.state === 'ringing') this.#connect(this.profile.dialResult);
    else this.#finish('NO CARRIER');
  }

  #hook(off: boolean): void {
    if (off === this.offHook) return;
    this.voice.stop();
    if (off && this.faults.glare && this.exchange.state === 'idle') this.exchange.ring();
    if (off) this.exchange.seize();
    else this.exchange.release();
    this.voice.silence.reset();
  }

  #begin(mode: VoiceMode): void {
    const [sensitivity = 0, interval = 0] = (this.settings.values.get('+VSD') ?? '').split(',').map(Number);
    Object.assign(this.voice.silence, { sensitivity, interval });
    this.voice.format = this.settings.sample.format;
    this.voice.silence.reset();
    this.#finish('CONNECT');
    this.voice.begin(mode);
  }

  /** Off-hook for good in voice mode; in the other classes nobody answers with a carrier. */
  #connect(result: Result): void {
    this.#hook(true);
    if (this.settings.serviceClass === '8') {
      this.settings.lineSelection |= 1;
      return this.#finish(result);
    }
    this.#later(1000, () => this.#noCarrier());
  }

  #noCarrier(): void {
    this.#hook(false);
    this.#finish('NO CARRIER');
  }

  #streamEnded(mode: VoiceMode): void {
    if (mode === 'receive' || (mode === 'duplex' && this.profile.duplexEtx)) this.#out.send(Uint8Array.of(DLE, ETX));
    this.#out.result('OK');
  }

  #watchInactivity(): void {
    const limitMs = 1000 * Number(this.settings.values.get('+VIT'));
    const idle = this.settings.serviceClass === '8' && this.mode === 'command' && this.#busySinceMs === null;
    if (limitMs === 0 || !idle || this.#clock.monotonic() - this.#heardHostMs < limitMs) return;
    Object.assign(this.settings, { serviceClass: '0', lineSelection: 0 });
    this.#hook(false);
  }

  #finish(result: Result): void {
    this.#busySinceMs = null;
    this.#out.result(result);
  }

  #later(ms: number, act: () => void): void {
    const timer = this.#clock.after('modem', ms, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }
}
