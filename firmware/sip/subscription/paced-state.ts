import type { Clock, Timer } from '../../../hal/clock.ts';

/** At most one notification a second (RFC 3842 section 4); the last state always goes out. */
const paceMs = 1000;

/** Lets states through at the pace, keeping only the newest of those that wait. */
export class PacedState<State> {
  readonly #clock: Clock;
  readonly #send: (state: State) => void;
  #waiting: State | null = null;
  #pause: Timer | null = null;

  constructor(clock: Clock, send: (state: State) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  offer(state: State): void {
    if (this.#pause === null) this.now(state);
    else this.#waiting = state;
  }

  /** At once, whatever the pace; what waits is older than this and forgotten. */
  now(state: State): void {
    this.#waiting = null;
    this.#hold(paceMs);
    this.#send(state);
  }

  /** Nothing goes out for so long; what waits, or `state`, does afterwards. */
  postpone(state: State, ms: number): void {
    this.#waiting ??= state;
    this.#hold(ms);
  }

  stop(): void {
    this.#pause?.cancel();
    this.#pause = null;
    this.#waiting = null;
  }

  #hold(ms: number): void {
    this.#pause?.cancel();
    this.#pause = this.#clock.after('notify-pace', ms, () => {
      this.#pause = null;
      const next = this.#waiting;
      this.#waiting = null;
      if (next !== null) this.offer(next);
    });
  }
}
