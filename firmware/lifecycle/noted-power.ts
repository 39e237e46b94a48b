import type { Clock } from '../../hal/clock.ts';
import type { Power } from '../../hal/power.ts';
import { atMost } from '../unit/at-most.ts';
import type { StopNotes } from './stop-note.ts';

/** A disk that hangs may be why the machine is to restart: the note is not waited for longer. */
export const notedMs = 300;

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
    await atMost(this.#clock, notedMs, this.#notes.planned(cause, true, this.#clock.wall()));
    await this.#power.reboot(cause);
  }
}
