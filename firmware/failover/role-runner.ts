import type { Clock, WallMs } from '../../hal/clock.ts';
import type { Log } from '../log.ts';
import { keptChanges, type PairStatus } from './pair-status.ts';
import { roleStep, startingState, timersOf } from './role-machine.ts';
import { RoleWaits } from './role-waits.ts';
import type { RoleChange, RoleEffect, RoleInput, RoleOptions, RoleState, RoleStep, RoleTimer } from './role.ts';

export interface RoleRunnerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly lengthMs: (timer: RoleTimer) => number;
  /** False: before the link listens silence means nothing, and nothing is waited for. */
  readonly waiting: () => boolean;
  /** False when the disk did not take it. */
  readonly persist: (epoch: number) => Promise<boolean>;
  readonly serve: (serving: boolean, cause: string) => void;
  /** After each step, when the state may be another. */
  readonly stepped: () => void;
}

/** Holds the state of the role machine and does what it decides; keeps the changes that `show pair` prints. */
export class RoleRunner {
  readonly #parts: RoleRunnerParts;
  readonly #waits: RoleWaits;
  #state: RoleState = startingState(null, 0);
  #sinceMs: WallMs;
  #changes: PairStatus['changes'] = [];
  #cause = 'started';
  #running = true;

  constructor(parts: RoleRunnerParts) {
    this.#parts = parts;
    this.#sinceMs = parts.clock.wall();
    this.#waits = new RoleWaits(parts.clock, parts.lengthMs, (timer) => void this.step({ type: 'timer', timer }));
  }

  /** With what was read from disk. */
  begin(options: RoleOptions, epoch: number): void {
    this.#state = startingState(options, epoch);
  }

  /** Waits no more, and what the disk answers now is not heard. */
  end(): void {
    this.#running = false;
    this.#waits.arrange({});
  }

  get state(): RoleState {
    return this.#state;
  }

  /** Since when the unit has had its role. */
  get sinceMs(): WallMs {
    return this.#sinceMs;
  }

  get changes(): PairStatus['changes'] {
    return this.#changes;
  }

  step(input: RoleInput): RoleStep {
    const step = roleStep(this.#state, input);
    this.#state = step.state;
    for (const change of step.changes) this.#changed(change);
    for (const effect of step.effects) this.#do(effect);
    this.arrange();
    this.#parts.stepped();
    return step;
  }

  /** Begins the waits that the state asks for and ends the others. */
  arrange(): void {
    if (this.#running && this.#parts.waiting()) this.#waits.arrange(timersOf(this.#state));
  }

  #changed(change: RoleChange): void {
    const { clock, log } = this.#parts;
    this.#sinceMs = clock.wall();
    this.#cause = change.cause;
    this.#changes = [...this.#changes.slice(1 - keptChanges), { ...change, atMs: this.#sinceMs }];
    const severity = change.to === 'isolated' || change.to === 'backup-active' ? 'warning' : 'notice';
    log.write(severity, 'pair-role', `This unit is ${change.to} now: ${change.cause}.`, { from: change.from, to: change.to, epoch: change.epoch });
  }

  #do(effect: RoleEffect): void {
    const { log, serve } = this.#parts;
    switch (effect.type) {
      case 'persist-epoch':
        return void this.#persist(effect.epoch);
      case 'alarm-not-durable':
        return log.write('alert', 'pair-epoch-not-durable', 'This unit serves with an epoch that the disk did not take in time; a power cut would make it forget that.', { epoch: effect.epoch });
      case 'decline-offer':
        return log.write('alert', 'pair-offer-declined', 'The partner offered the service, but the disk did not take the epoch in time: the partner goes on serving.', { epoch: effect.epoch });
      case 'serve':
      case 'stop-serving':
        return serve(effect.type === 'serve', this.#cause);
    }
  }

  async #persist(epoch: number): Promise<void> {
    const durable = await this.#parts.persist(epoch);
    if (this.#running) this.step({ type: durable ? 'persisted' : 'persist-failed', epoch });
  }
}
