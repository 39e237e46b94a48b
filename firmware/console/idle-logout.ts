import type { Clock, Timer } from '../../hal/clock.ts';
import type { Terminal } from './terminal.ts';

/** Where sessions may go on for ever and the terminal is a cable that somebody may have left plugged in. */
const noisyIdleMin = 30;

/** How long a session may be idle; 0 = for ever, as pipes may. `noisy`: at a cable. */
export function idleLimitMs(kind: Terminal['kind'], idleMin: number, noisy: boolean): number {
  return kind === 'pipe' ? 0 : (idleMin || (noisy ? noisyIdleMin : 0)) * 60_000;
}

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
