/** The telephone at the far end of a simulated phone port. */
import type { Clock, Timer } from '../clock.ts';
import type { CallerId, LineControl } from '../line.ts';
import { SimFarEnd, type SimLineOptions } from './sim-far-end.ts';

export type SimTelephoneNews = 'ringing' | 'ring-stopped' | 'caller-id' | 'lamp' | 'cut-off' | 'polarity';

const hookMs = 20;
const afterRingMs = 500;

export class SimTelephone extends SimFarEnd {
  /** What the unit does. Called after a turn of the clock, as events are. */
  news: ((news: SimTelephoneNews) => void) | null = null;
  /** What its display shows of the call that rings or rang last. */
  callerId: CallerId | null = null;
  lampLit = false;
  reversed = false;
  /** Bursts of ringing since the call came. */
  rings = 0;
  /** The unit has shown that the far end is gone. */
  cutOff = false;
  protected readonly control: LineControl;
  #lifted = false;
  #ringing: Timer | null = null;

  constructor(clock: Clock, place: string, options: SimLineOptions = {}) {
    super(clock, 'phone', place, options);
    const nothing = (): void => undefined;
    this.control = {
      ring: (cadenceMs, callerId) => this.#ring(cadenceMs, callerId), stopRinging: () => this.#quieten(), release: () => this.#cut(),
      lamp: (lit) => this.#light(lit), polarity: (reversed) => this.#reverse(reversed), seize: nothing, dial: nothing, flash: nothing,
    };
  }

  get lifted(): boolean {
    return this.#lifted;
  }

  get ringing(): boolean {
    return this.#ringing !== null;
  }

  lift(): void {
    if (this.#lifted) return;
    this.#lifted = true;
    this.#quieten();
    this.circuit?.later(hookMs, () => this.#closedLoop());
  }

  putDown(): void {
    if (!this.#lifted) return;
    this.#lifted = false;
    this.cutOff = false;
    this.mouth.hush();
    this.circuit?.conduct(false);
    this.circuit?.later(hookMs, () => this.tell({ type: 'on-hook' }));
  }

  flash(): void {
    if (this.#lifted && this.capabilities.flash) this.circuit?.later(hookMs, () => this.tell({ type: 'flash' }));
  }

  /** One that was lifted before the unit came is seen at once. */
  protected opened(): void {
    if (this.#lifted) this.circuit?.later(hookMs, () => this.#closedLoop());
  }

  protected ended(): void {
    this.#quieten();
    this.mouth.hush();
  }

  #closedLoop(): void {
    if (!this.#lifted) return;
    this.circuit?.conduct(true);
    this.tell({ type: 'off-hook' });
  }

  #ring(cadenceMs: readonly number[], callerId: CallerId | null): void {
    if (this.#lifted || cadenceMs.length === 0) return;
    this.#quieten();
    this.rings = 0;
    this.callerId = null;
    const step = (at: number): void => {
      if (at % 2 === 0) this.rings++;
      const ms = Math.max(1, cadenceMs[at % cadenceMs.length] ?? 1);
      this.#ringing = this.circuit?.later(ms, () => {
        if (at === 0) this.#show(callerId);
        step(at + 1);
      }) ?? null;
    };
    step(0);
    this.#say('ringing');
  }

  #show(callerId: CallerId | null): void {
    if (callerId === null || this.capabilities.callerId !== 'device') return;
    this.circuit?.later(afterRingMs, () => {
      if (!this.ringing) return;
      this.callerId = callerId;
      this.news?.('caller-id');
    });
  }

  #quieten(): void {
    if (this.#ringing === null) return;
    this.#ringing.cancel();
    this.#ringing = null;
    this.#say('ring-stopped');
  }

  #cut(): void {
    if (!this.#lifted) return;
    this.cutOff = true;
    this.#say('cut-off');
  }

  #light(lit: boolean): void {
    if (this.capabilities.lamp !== 'neon') return;
    this.lampLit = lit;
    this.#say('lamp');
  }

  #reverse(reversed: boolean): void {
    this.reversed = reversed;
    this.#say('polarity');
  }

  #say(news: SimTelephoneNews): void {
    this.clock.after('sim telephone', 0, () => this.news?.(news));
  }
}
