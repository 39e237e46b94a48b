import type { Clock, Timer } from '../../hal/clock.ts';
import type { UpdateCourse } from './update-course.ts';
import { updateTimers } from './update-machine.ts';
import type { UpdateState, UpdateTimer } from './update-state.ts';

export interface UpdateWaitsParts {
  readonly clock: Clock;
  /** Calls that a restart would end. */
  readonly calls: () => number;
  /** This unit serves, and its partner could in its place. */
  readonly service: () => { readonly serves: boolean; readonly partnerFit: boolean };
}

/** A tried version has so long, from the start of the unit. */
export const trialMs = 3 * 60_000;
const unprovedMs = 10 * 60_000;
const leaveMs = 5 * 60_000;
const waits: Readonly<Record<UpdateTimer, number>> = { trial: trialMs, unproved: unprovedMs, leave: leaveMs };
const lookMs = 1000;

/** Timers and looks as the state of an update wants them. */
export class UpdateWaits {
  readonly #parts: UpdateWaitsParts;
  readonly #course: UpdateCourse;
  readonly #timers = new Map<UpdateTimer, { readonly key: string; readonly timer: Timer }>();
  #look: Timer | null = null;
  #stopped = false;

  constructor(parts: UpdateWaitsParts, course: UpdateCourse) {
    this.#parts = parts;
    this.#course = course;
  }

  /** null = no trial is going on. */
  get trialLeftMs(): number | null {
    const trial = this.#timers.get('trial');
    return trial === undefined ? null : Math.max(0, trial.timer.dueMs - this.#parts.clock.monotonic());
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#look?.cancel();
  }

  arrange(state: UpdateState): void {
    if (this.#stopped) return;
    const wanted = updateTimers(state);
    const { clock } = this.#parts;
    for (const name of Object.keys(waits) as UpdateTimer[]) {
      const key = wanted[name];
      const held = this.#timers.get(name);
      if (held?.key === key) continue;
      held?.timer.cancel();
      this.#timers.delete(name);
      if (key !== undefined) this.#timers.set(name, { key, timer: clock.after(`update ${name}`, waits[name], () => this.#course.step({ type: 'timer', timer: name, nowMs: clock.wall() })) });
    }
    if (state.phase === 'waiting' || state.phase === 'leaving') this.#look ??= this.#lookAfter();
    else {
      this.#look?.cancel();
      this.#look = null;
    }
  }

  #lookAfter(): Timer {
    return this.#parts.clock.after('update look', lookMs, () => {
      this.#look = null;
      const { calls, service } = this.#parts;
      // What is being written down comes first.
      void this.#course.effects.run(async () => this.#course.step({ type: 'look', calls: calls(), ...service() }));
    });
  }
}
