import type { Clock, Timer } from '../../hal/clock.ts';

/** Calls `idle` once after `limitMs()` without a `touch`; a limit of 0 means never. The limit is asked anew each time, for it may change. */
export class IdleLogout {
  readonly #clock: Clock;
  readonly #limitMs: () => number;
  readonly #idle: () => void;
  #timer: Timer | null = null;
  #touched = 0;

  constructor(clock: Clock, limitMs: () => number, idle: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#idle = idle;
  }

  /** Something was typed or done. Cheap enough for every byte: a running timer is left to find out when it is due. */
  touch(): void {
    this.#touched = this.#clock.monotonic();
    if (this.#timer === null) this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(): void {
    const limit = this.#limitMs();
    const left = this.#touched + limit - this.#clock.monotonic();
    this.#timer = limit === 0 ? null : this.#clock.after('console-idle', Math.max(0, left), () => this.#due());
  }

  #due(): void {
    this.#timer = null;
    const limit = this.#limitMs();
    if (limit > 0 && this.#clock.monotonic() - this.#touched >= limit) this.#idle();
    else this.#arm();
  }
}
