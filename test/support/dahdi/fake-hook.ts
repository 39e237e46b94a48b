import { errnos, events, hook, signalling } from '../../../hal/drivers/dahdi/dahdi-numbers.ts';
import type { SimClock } from '../../../hal/sim/sim-clock.ts';
import { FakeBuffers } from './fake-buffers.ts';

type TxState = 'on-hook' | 'debounce' | 'off-hook' | 'ringing' | 'flash' | 'kewl' | 'after-kewl';

/** As DAHDI 2.11 has them, milliseconds. */
const times = { ringDebounce: 2000, debounce: 600, flash: 800, kewl: 500, afterKewl: 300, flashWindow: 1250, pulse: 100, afterPulses: 750, tone: 200, ringTrailer: 50 };

/** Hook states of a channel with their times, and what the far end does to it: calls from here to `putDown` are the far end's. */
export class FakeHook {
  zoneLoaded = true;
  open = false;
  txState: TxState = 'on-hook';
  dialled = '';
  /** The kernel's ring cadence, as it was last set. */
  cadence: readonly number[] = [];
  readonly buffers = new FakeBuffers();
  dialling = false;
  farHook: 'on' | 'off' | 'ring' = 'on';
  readonly clock: SimClock;
  readonly sig: number;
  protected ready: (() => void) | null = null;
  protected openedTimes = 0;
  #deafUntil = 0;
  /** Which putting down may still be a flash; 0 = none. */
  #flashWindow = 0;
  #windows = 0;
  /** Cancels what was due in an earlier hook state. */
  #epoch = 0;

  constructor(clock: SimClock, sig: number) {
    this.clock = clock;
    this.sig = sig;
  }

  get trunk(): boolean {
    return this.sig === signalling.fxsKewlStart || this.sig === signalling.fxsLoopStart;
  }

  event(number: number): void {
    this.buffers.event(number);
    this.wake();
  }

  /** Trunk: a burst of ringing. */
  ringBegin(): void {
    this.farHook = 'ring';
    if (this.clock.monotonic() >= this.#deafUntil) this.event(events.ringBegin);
  }

  ringEnd(): void {
    if (this.farHook !== 'ring') return;
    this.farHook = 'off';
    this.#after(times.ringTrailer, () => this.clock.monotonic() >= this.#deafUntil && this.event(events.ringOffHook), false);
  }

  /** Trunk: the loop opens; told while off-hook and not in its debounce. */
  loop(state: 'open' | 'closed'): void {
    this.farHook = state === 'open' ? 'on' : 'off';
    if (state === 'open' && this.txState === 'off-hook') this.event(events.onHook);
  }

  /** Phone. */
  lift(): void {
    this.farHook = 'off';
    const flashed = this.#flashWindow !== 0;
    this.#flashWindow = 0;
    this.event(flashed ? events.winkFlash : events.ringOffHook);
  }

  putDown(): void {
    this.farHook = 'on';
    const window = ++this.#windows;
    this.#flashWindow = window;
    this.#after(times.flashWindow, () => {
      if (this.#flashWindow !== window) return;
      this.#flashWindow = 0;
      this.event(events.onHook);
    }, false);
  }

  /** As when a channel is opened. */
  protected begin(): void {
    this.#deafUntil = this.clock.monotonic() + times.ringDebounce;
    this.#enter('on-hook');
  }

  protected wake(): void {
    queueMicrotask(() => {
      if (this.open) this.ready?.();
    });
  }

  /** DAHDI_HOOK. */
  protected hook(action: number): number {
    this.dialling = false;
    switch (action) {
      case hook.onHook:
        return this.#hangUp();
      case hook.offHook:
        if (this.txState === 'kewl' || this.txState === 'after-kewl') return errnos.EBUSY;
        if (this.trunk && this.farHook === 'ring') this.ringEnd();
        this.#enter('debounce');
        this.#after(times.debounce, () => this.#enter('off-hook'));
        return 0;
      case hook.flash:
        if (this.txState !== 'off-hook') return errnos.EBUSY;
        this.#enter('flash');
        this.#after(times.flash, () => this.#complete('off-hook'));
        return errnos.EINPROGRESS;
      case hook.ring:
        if (!this.zoneLoaded) return errnos.ENODATA;
        if (this.txState !== 'on-hook') return errnos.EBUSY;
        this.#enter('ringing');
        this.#ring(0);
        return errnos.EINPROGRESS;
      case hook.ringOff:
        this.#enter('on-hook');
        return 0;
      default:
        return errnos.EINVAL;
    }
  }

  #hangUp(): number {
    this.buffers.flushBoth();
    if (this.trunk) this.#deafUntil = this.clock.monotonic() + times.ringDebounce;
    if (this.trunk || this.txState === 'on-hook' || (this.farHook === 'on' && this.#flashWindow === 0)) this.#enter('on-hook');
    else {
      this.#enter('kewl');
      this.#after(times.kewl, () => {
        this.#complete('after-kewl');
        this.#after(times.afterKewl, () => this.#enter('on-hook'));
      });
    }
    return 0;
  }

  #ring(at: number): void {
    const ms = this.cadence[at % Math.max(1, this.cadence.length)] ?? 2000;
    this.#after(ms, () => {
      this.event(at % 2 === 0 ? events.ringerOff : events.ringerOn);
      this.#ring(at + 1);
    });
  }

  /** DAHDI_DIAL. */
  protected dial(text: string): number {
    const pulses = text.startsWith('P');
    const digits = [...text.slice(1)];
    this.dialling = true;
    const ms = digits.reduce((sum, digit) => sum + (digit === 'W' ? 500 : pulses ? (Number(digit) || 10) * times.pulse + times.afterPulses : times.tone), 0);
    this.#after(ms, () => {
      if (!this.dialling) return;
      this.dialled += digits.filter((digit) => digit !== 'W').join('');
      this.dialling = false;
      this.event(events.dialComplete);
    }, false);
    return 0;
  }

  #complete(state: TxState): void {
    this.#enter(state);
    this.event(events.hookComplete);
  }

  #enter(state: TxState): void {
    this.txState = state;
    this.#epoch++;
  }

  #after(ms: number, body: () => void, ofState = true): void {
    const epoch = this.#epoch;
    const opened = this.openedTimes;
    this.clock.after('fake kernel', ms, () => {
      if (this.open && opened === this.openedTimes && (!ofState || epoch === this.#epoch)) body();
    });
  }
}
