import type { Clock, Timer } from '../../../hal/clock.ts';
import type { SessionTimer } from './session-timer.ts';
import { giveUpAfterMs, refreshAfterMs } from './session-timer.ts';

/** Keeps the session timer of RFC 4028: refreshes when it is our turn, gives up when nobody did. */
export class SessionRefresh {
  readonly #clock: Clock;
  readonly #refresh: () => void;
  readonly #expired: () => void;
  #due: Timer | null = null;
  #end: Timer | null = null;
  #timer: SessionTimer | null = null;

  constructor(clock: Clock, refresh: () => void, expired: () => void) {
    this.#clock = clock;
    this.#refresh = refresh;
    this.#expired = expired;
  }

  get timer(): SessionTimer | null {
    return this.#timer;
  }

  /** Begins anew, after the session was set up or refreshed. null = no timer. */
  arm(timer: SessionTimer | null): void {
    this.stop();
    this.#timer = timer;
    if (timer === null) return;
    if (timer.weRefresh) this.#due = this.#clock.after('sip-refresh', refreshAfterMs(timer), this.#refresh);
    const limitMs = timer.weRefresh ? timer.intervalSec * 1000 : giveUpAfterMs(timer);
    this.#end = this.#clock.after('sip-session-end', limitMs, this.#expired);
  }

  /** The refresh did not work this time: once more, while there is time. */
  retry(afterMs: number): void {
    this.#due?.cancel();
    this.#due = this.#clock.after('sip-refresh', afterMs, this.#refresh);
  }

  stop(): void {
    this.#due?.cancel();
    this.#end?.cancel();
  }
}
