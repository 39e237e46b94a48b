import { HalError, type HalErrorId } from '../errors.ts';
import type { ClockSetter } from '../clock-setter.ts';
import type { SimClock } from './sim-clock.ts';

/** Moves the wall clock of a simulated one, and notes how. */
export class SimClockSetter implements ClockSetter {
  readonly done: string[] = [];
  fails: HalErrorId | null = null;
  readonly #clock: SimClock;

  constructor(clock: SimClock) {
    this.#clock = clock;
  }

  async step(byMs: number): Promise<void> {
    this.#move('step', byMs);
  }

  async slew(byMs: number): Promise<void> {
    this.#move('slew', byMs);
  }

  told(): void {
    this.done.push('told');
  }

  #move(how: string, byMs: number): void {
    if (this.fails !== null) throw new HalError(this.fails, 'sim clock', 'as the test asked');
    this.#clock.stepWall(byMs);
    this.done.push(`${how} ${Math.round(byMs)}`);
  }
}
