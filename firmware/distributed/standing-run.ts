import type { Clock, Timer } from '../../hal/clock.ts';
import type { Log } from '../log.ts';
import type { Standing, StandingEffect, StandingInput, StandingName, StandingStep, StandingTimer, StandingTimes } from './standing.ts';
import { firstStanding, standingStep } from './standing.ts';

export interface StandingRunParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly times: StandingTimes;
  /** Never from inside a call. */
  readonly changed: (to: StandingName) => void;
}

export interface StandingChange {
  readonly from: StandingName;
  readonly to: StandingName;
  readonly cause: string;
  readonly atMs: number;
}

/** Changes that are kept for the console. */
const keptChanges = 16;

/** Runs the machine of `standing.ts`: its timers, and telling. */
export class StandingRun {
  readonly #parts: StandingRunParts;
  readonly #timers = new Map<StandingTimer, Timer>();
  #state: Standing;
  #changes: readonly StandingChange[] = [];
  #running = true;

  constructor(parts: StandingRunParts) {
    this.#parts = parts;
    this.#state = firstStanding(parts.times).state;
  }

  get state(): Standing {
    return this.#state;
  }

  /** The newest last. */
  get changes(): readonly StandingChange[] {
    return this.#changes;
  }

  start(): void {
    this.#take(firstStanding(this.#parts.times));
  }

  input(input: StandingInput): void {
    if (this.#running) this.#take(standingStep(this.#parts.times, this.#state, input));
  }

  stop(): void {
    this.#running = false;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #take({ state, effects }: StandingStep): void {
    this.#state = state;
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: StandingEffect): void {
    if (effect.type === 'changed') return this.#changed(effect);
    this.#timers.get(effect.timer)?.cancel();
    this.#timers.delete(effect.timer);
    if (effect.type === 'arm') this.#timers.set(effect.timer, this.#parts.clock.after(`standing ${effect.timer}`, effect.ms, () => this.input({ type: 'timer', timer: effect.timer })));
  }

  #changed({ from, to, cause }: Extract<StandingEffect, { type: 'changed' }>): void {
    const { clock, log, changed } = this.#parts;
    this.#changes = [...this.#changes.slice(1 - keptChanges), { from, to, cause, atMs: clock.wall() }];
    log.write(to === 'alone' ? 'warning' : 'notice', 'distributed-standing', `This unit is ${to} now: ${cause}.`, { from, to });
    clock.after('standing owner', 0, () => this.#running && changed(to));
  }
}
