import type { Clock } from '../../hal/clock.ts';
import type { Power } from '../../hal/power.ts';
import type { StopNotes } from './stop-note.ts';

/** Restarts the machine after the cause has been noted for the next start. */
export class NotedPower implements Power {
  readonly #power: Power;
  readonly #notes: StopNotes;
  readonly #clock: Clock;

  constructor(power: Power, notes: StopNotes, clock: Clock) {
    this.#power = power;
    this.#notes = notes;
    this.#clock = clock;
  }

  async reboot(cause = 'the unit asked for it'): Promise<void> {
    await this.#notes.planned(cause, true, this.#clock.wall());
    await this.#power.reboot(cause);
  }
}
