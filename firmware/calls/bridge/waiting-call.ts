import type { Clock } from '../../../hal/clock.ts';
import type { Leg, LegHandlers } from '../../sip/leg.ts';

/** Others that give way store what they had first, which takes tens of milliseconds on a disk that is well. */
const againMs = 100;
const longestMs = 10_000;

/** An emergency call that waits until those who gave way for it have left their ports. */
export class WaitingCall {
  readonly #clock: Clock;
  readonly #leg: Leg;
  readonly #begin: () => LegHandlers | null;
  readonly #waited: () => void;
  #next: LegHandlers | null = null;
  #over = false;

  /** `begin`: the call has its ports; null: not yet. `waited`: once, it waits no more, whatever became of it. */
  constructor(clock: Clock, leg: Leg, begin: () => LegHandlers | null, waited: () => void) {
    this.#waited = waited;
    this.#clock = clock;
    this.#leg = leg;
    this.#begin = begin;
    this.#wait(0);
  }

  readonly handlers: LegHandlers = {
    established: (media) => this.#next?.established(media),
    mediaChanged: (media) => this.#next?.mediaChanged(media),
    digit: (digit, durationMs) => this.#next?.digit(digit, durationMs),
    changed: () => this.#next?.changed?.(),
    ended: (end) => {
      this.#done();
      this.#next?.ended(end);
    },
  };

  #done(): void {
    if (this.#over) return;
    this.#over = true;
    this.#waited();
  }

  #wait(waitedMs: number): void {
    this.#clock.after('emergency-call', againMs, () => {
      if (this.#over) return;
      this.#next = this.#begin();
      if (this.#next !== null) return this.#done();
      if (waitedMs < longestMs) return this.#wait(waitedMs + againMs);
      this.#done();
      this.#leg.reject(503, 'No port became free');
    });
  }
}
