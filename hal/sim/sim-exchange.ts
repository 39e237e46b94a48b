/** The exchange at the far end of a simulated trunk line, and whoever it connects. */
import type { Clock, Timer } from '../clock.ts';
import type { CallerId, LineControl, LineTone } from '../line.ts';
import { SimFarEnd, type SimLineOptions } from './sim-far-end.ts';
import { toneCodes } from './sim-line-tones.ts';

export type SimExchangeNews = 'seized' | 'answered' | 'released' | 'dialled' | 'flash' | 'gave-up';

const hookMs = 20;
const afterRingMs = 500;
const pulseMs = 100;

export class SimExchange extends SimFarEnd {
  /** What the unit does. Called after a turn of the clock, as events are. */
  news: ((news: SimExchangeNews) => void) | null = null;
  /** All that the unit has dialled since it seized the line. */
  dialled = '';
  /** The next seizure of the idle line meets a call that comes in at that moment. */
  glare = false;
  /** Callers' numbers are not given. */
  withholds = false;
  /** Dial tone is given at a seizure. */
  givesDialTone = true;
  protected readonly control: LineControl;
  #offHook = false;
  #connected = false;
  #cadence: Timer | null = null;
  #ringing = false;
  #inBurst = false;

  constructor(clock: Clock, place: string, options: SimLineOptions = {}) {
    super(clock, 'trunk', place, options);
    const nothing = (): void => undefined;
    this.control = {
      seize: () => this.#seize(), release: () => this.#release(), dial: (digits, how) => this.#dial(digits, how), flash: () => this.#flash(),
      ring: nothing, stopRinging: nothing, lamp: nothing, polarity: nothing,
    };
  }

  /** The unit has seized the line. */
  get offHook(): boolean {
    return this.#offHook;
  }

  /** Somebody is on the line, from the answer or `connect` until `hangUp`. */
  get connected(): boolean {
    return this.#connected;
  }

  get ringing(): boolean {
    return this.#ringing;
  }

  /** A call comes in; false = the line is not open, or taken. The number follows the first ring where the device tells it. */
  ring(callerId: CallerId | null = null, onMs = 2000, offMs = 4000): boolean {
    if (this.circuit === null || this.#offHook || this.#ringing) return false;
    this.#ringing = true;
    const burst = (first: boolean): void => {
      this.#burst(true);
      this.#cadence = this.circuit?.later(onMs, () => {
        this.#burst(false);
        if (first) this.#identify(callerId);
        this.#cadence = this.circuit?.later(offMs, () => burst(false)) ?? null;
      }) ?? null;
    };
    burst(true);
    return true;
  }

  /** The caller gives up before the answer. */
  stopRinging(): void {
    this.#cadence?.cancel();
    this.#cadence = null;
    this.#burst(false);
    this.#ringing = false;
  }

  /** Whoever was dialled answers. */
  connect(): void {
    if (!this.#offHook) return;
    this.#connected = true;
    this.tone(null);
    this.polarity(true);
  }

  /** The far party goes, shown as `by` says (null: not at all), and a tone may follow. */
  hangUp(by: 'loop' | 'polarity' | 'battery' | 'report' | null = this.capabilities.disconnect[0] ?? null, tone: LineTone | null = null): void {
    if (this.#ringing) return this.stopRinging();
    this.#connected = false;
    this.mouth.hush();
    if (by !== null) this.tell({ type: 'disconnect', by });
    this.tone(tone);
  }

  /** Heard, or told by the device that listens for tones itself. */
  tone(tone: LineTone | null): void {
    if (this.capabilities.tones === 'device') this.tell({ type: 'tone', tone });
    this.mouth.tone(tone === null ? null : toneCodes(tone, this.zone, this.law));
  }

  /** Where the line shows it. */
  polarity(reversed: boolean): void {
    if (this.capabilities.disconnect.includes('polarity')) this.tell({ type: 'polarity', reversed });
  }

  protected opened(): void {
    this.#offHook = false;
  }

  protected ended(): void {
    this.stopRinging();
    this.mouth.hush();
    this.#offHook = false;
    this.#connected = false;
  }

  #burst(on: boolean): void {
    if (on === this.#inBurst) return;
    this.#inBurst = on;
    this.tell({ type: on ? 'ring-started' : 'ring-stopped' });
  }

  #identify(callerId: CallerId | null): void {
    if (callerId === null || this.withholds || this.capabilities.callerId !== 'device') return;
    this.circuit?.later(afterRingMs, () => this.#ringing && this.tell({ type: 'caller-id', callerId }));
  }

  #seize(): void {
    if (this.#offHook) return;
    if (this.glare && !this.#ringing) this.ring();
    this.glare = false;
    this.#offHook = true;
    this.#connected = this.#ringing;
    this.dialled = '';
    this.stopRinging();
    this.circuit?.later(hookMs, () => this.#closedLoop());
  }

  #closedLoop(): void {
    this.circuit?.conduct(true);
    this.tell({ type: 'off-hook' });
    if (!this.#connected && this.givesDialTone) this.tone('dial');
    this.news?.(this.#connected ? 'answered' : 'seized');
  }

  #release(): void {
    if (!this.#offHook) return;
    this.#offHook = false;
    this.#connected = false;
    this.mouth.hush();
    this.circuit?.conduct(false);
    this.circuit?.later(hookMs, () => this.tell({ type: 'on-hook' }));
    this.clock.after('sim exchange', 0, () => this.news?.('released'));
  }

  #dial(digits: string, how: 'tone' | 'pulse'): void {
    if (!this.#offHook) return;
    let atMs = 0;
    for (const digit of digits.slice(0, 64)) {
      atMs += digit === ',' ? 500 : how === 'tone' ? 2 * pulseMs : (Number.parseInt(digit, 10) || 10) * pulseMs + 700;
      if (digit !== ',') this.circuit?.later(atMs, () => this.#gotDigit(digit));
    }
    this.circuit?.later(atMs, () => {
      this.tell({ type: 'dialled' });
      this.news?.('dialled');
    });
  }

  #gotDigit(digit: string): void {
    if (this.dialled === '') this.tone(null);
    this.dialled += digit;
  }

  #flash(): void {
    if (this.#offHook && this.capabilities.flash) this.circuit?.later(hookMs, () => this.news?.('flash'));
  }
}
