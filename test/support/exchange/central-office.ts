import { DahdiPort } from './dahdi-port.ts';
import { event, hook } from './dahdi-words.ts';
import { DtmfEar } from './goertzel-ear.ts';
import { dtmfSound, gainTable, sampled, tone } from './line-sound.ts';

/** The exchange's end of a trunk line: rings it, feeds it, hears its digits, hangs up by a drop of the battery. */
export class CentralOffice extends DahdiPort {
  /** The line's loop is closed. */
  lifted = false;
  flashes = 0;
  /** Of either kind, in order. */
  digits = '';
  pulses = '';
  /** What came while `recording`. */
  recorded: Uint8Array[] = [];
  recording = false;
  readonly ear = new DtmfEar();

  constructor(channel: number) {
    super(channel);
    this.happened = (what) => this.#see(what);
    this.heard = (block) => this.#hear(block);
  }

  /** Until the line is lifted or `stopRinging`. On, off, on, off ... in milliseconds; at most 16. */
  ring(cadenceMs: readonly number[] = [2000, 4000]): void {
    this.askNumber('SETCADENCE', ...Array.from({ length: 16 }, (_, index) => cadenceMs[index] ?? 0));
    this.hook(hook.ring);
  }

  stopRinging(): void {
    this.hook(hook.ringOff);
  }

  /** The far party has gone: the battery is away for 500 ms. */
  hangUp(): void {
    this.play(null);
    this.hook(hook.onHook);
  }

  dialTone(): void {
    this.play(tone([350, 440], 3000));
  }

  busyTone(): void {
    this.play(tone([480, 620], 3000, [500, 500]));
  }

  key(digits: string): void {
    this.play(sampled(dtmfSound(digits)));
  }

  /** The line hears itself, so much quieter, without a delay: the hybrid of a bad line. */
  echo(dB: number): void {
    const gains = new Uint8Array(516);
    gains.set(Uint8Array.from({ length: 256 }, (_, byte) => byte), 260);
    gains.set(gainTable(dB), 4);
    this.play(null);
    this.ask('SETGAINS', gains);
    this.askNumber('LOOPBACK', 1);
  }

  noEcho(): void {
    this.askNumber('LOOPBACK', 0);
    const straight = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const gains = new Uint8Array(516);
    gains.set(straight, 4);
    gains.set(straight, 260);
    this.ask('SETGAINS', gains);
  }

  record(): void {
    this.recorded = [];
    this.recording = true;
  }

  takeRecording(): Uint8Array {
    this.recording = false;
    return Buffer.concat(this.recorded);
  }

  forget(): void {
    [this.digits, this.pulses, this.flashes] = ['', '', 0];
    this.ear.digits = '';
  }

  #see(what: number): void {
    if (what === event.ringOffHook) this.#lift();
    else if (what === event.onHook) this.#putDown();
    else if (what === event.winkFlash) this.flashes += 1;
    else if (what & event.pulseDigit) this.#digit(String.fromCharCode(what & 0xff), 'pulse');
  }

  /** Without the answer of the exchange the ringing would go on. */
  #lift(): void {
    this.lifted = true;
    this.hook(hook.offHook);
  }

  #putDown(): void {
    this.lifted = false;
    this.play(null);
    this.hook(hook.onHook);
  }

  #digit(digit: string, how: 'pulse' | 'dtmf'): void {
    this.digits += digit;
    if (how === 'pulse') this.pulses += digit;
  }

  #hear(block: Uint8Array): void {
    if (this.recording) this.recorded.push(block.slice());
    const before = this.ear.digits.length;
    this.ear.take(block);
    for (const digit of this.ear.digits.slice(before)) this.#digit(digit, 'dtmf');
  }
}
