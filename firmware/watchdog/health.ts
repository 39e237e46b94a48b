import type { Clock, Timer } from '../../hal/clock.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Watchdog } from '../../hal/watchdog.ts';
import type { Log } from '../log.ts';
import { CheckRunner, type Finding } from './check-runner.ts';
import type { CheckName, HealthCheck, UnitState } from './health-check.ts';
import { checkReport, type HealthReport } from './health-report.ts';
import { atTheFoot, ladderStep, resumedAbove, type LadderEffect, type LadderState } from './ladder-machine.ts';
import { ladders, relapseMs } from './ladders.ts';
import { remedies, type Remedy } from './remedy.ts';
import { RemedyMemory } from './remedy-memory.ts';

/** What can be done, done. */
export interface RemedyHands {
  /** Those that make sense here and now. */
  offered(): ReadonlySet<Remedy>;
  /** Rejects when it could not be done; the ladder goes on all the same. */
  take(remedy: Remedy, cause: string): Promise<void>;
}

export interface HealthParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly storage: Storage;
  readonly watchdog: Watchdog;
  readonly checks: readonly HealthCheck[];
  readonly hands: RemedyHands;
  readonly state: () => UnitState;
  readonly callsInProgress: () => boolean;
  /** One line on how the unit fares, for its supervisor. */
  readonly told: (status: string) => void;
}

export interface HealthTimes {
  /** A round of checks begins so long after the one before has ended. */
  readonly roundMs: number;
  /** The watchdog bites when it was not fed for so long; it is fed three times as often. */
  readonly watchdogMs: number;
}

/** Remedies that end the process. */
const ending: readonly Remedy[] = ['restart-process', 'reboot'];

/**
 * Looks at the checks in rounds, lets each climb its ladder, does what follows, and feeds the watchdog while no check is past help.
 *
 *   checks ── findings ──> ladder machines ── effects ──> hands, log
 *                               └── past-help? ──> watchdog is fed, or is not
 */
export class Health {
  readonly #parts: HealthParts;
  readonly #runner: CheckRunner;
  readonly #states: Map<CheckName, LadderState>;
  readonly #lastTaken = new Map<Remedy, number>();
  #memory: RemedyMemory | null = null;
  #armed = false;
  #running = false;
  #round: Timer | null = null;
  #feed: Timer | null = null;

  constructor(parts: HealthParts) {
    const nowMs = parts.clock.monotonic();
    this.#parts = parts;
    this.#runner = new CheckRunner(parts.clock, parts.checks);
    this.#states = new Map(parts.checks.map(({ name }) => [name, atTheFoot(name, nowMs)]));
  }

  /** Never rejects: a watchdog that cannot be had is an alert, and the unit runs unwatched. */
  async start({ roundMs, watchdogMs }: HealthTimes): Promise<void> {
    const { clock, log, storage, watchdog } = this.#parts;
    this.#running = true;
    this.#memory = await RemedyMemory.open(storage, log);
    this.#resume();
    await watchdog.arm(watchdogMs).then(() => (this.#armed = true)).catch((error: unknown) => {
      log.write('alert', 'unwatched', `Nothing would restart a unit that hangs, for the watchdog ${watchdog.name} cannot be had: ${error instanceof Error ? error.message : String(error)}`);
    });
    if (!this.#running) return;
    this.#beat(watchdogMs / 3);
    const turn = (): void => {
      this.#round = clock.after('health', roundMs, () => void this.#runner.round(this.#parts.state(), (finding) => this.#found(finding)).then(() => (this.#running ? turn() : undefined)));
    };
    turn();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#round?.cancel();
    this.#feed?.cancel();
    // One that was not armed does nothing; of several, some may be.
    await this.#parts.watchdog.disarm();
    this.#armed = false;
  }

  /** No check wants the partner to serve in this unit's place. */
  get able(): boolean {
    return ![...this.#states.values()].some(({ yields }) => yields);
  }

  /** What is wrong now, in words; empty = all is well. */
  get standing(): readonly string[] {
    const ill = [...this.#states.values()].filter(({ condition }) => condition === 'sick' || condition === 'alarm' || condition === 'past-help');
    return ill.map(({ cause }) => cause ?? '');
  }

  /** Of the checks without which the unit is not what it is for: what is or may be wrong, and what was not looked at yet; empty = all is well. */
  get doubts(): readonly string[] {
    const state = this.#parts.state();
    const vital = this.#parts.checks.filter(({ name, runsIn }) => ladders[name].end === 'bite' && runsIn.includes(state));
    return vital.flatMap(({ name, about }) => {
      const { condition = 'not-run', cause = null } = this.#states.get(name) ?? {};
      return condition === 'well' ? [] : [condition === 'not-run' ? `it is not known yet whether ${about}` : (cause ?? '')];
    });
  }

  get feeding(): boolean {
    return ![...this.#states.values()].some(({ condition }) => condition === 'past-help');
  }

  report(): HealthReport {
    const nowMs = this.#parts.clock.monotonic();
    const about = new Map(this.#parts.checks.map((check) => [check.name, check.about]));
    return {
      watchdog: this.#parts.watchdog.name,
      feeding: !this.#armed ? 'not armed' : this.feeding ? 'fed' : 'starved',
      checks: [...this.#states.values()].map((state) => checkReport(state, about.get(state.check) ?? '', nowMs, this.#lastTaken)),
    };
  }

  #beat(everyMs: number): void {
    if (this.feeding) this.#parts.watchdog.feed();
    this.#feed = this.#parts.clock.after('watchdog feed', everyMs, () => this.#beat(everyMs));
  }

  /** The process before this one may have ended itself for a fault that is still there. */
  #resume(): void {
    const ended = this.#memory?.ended ?? null;
    const state = ended === null ? undefined : this.#states.get(ended.check);
    if (ended === null || state === undefined || Math.abs(this.#parts.clock.wall() - ended.atMs) > relapseMs) return;
    this.#states.set(ended.check, resumedAbove(state, ended.remedy, ended.cause));
    this.#lastTaken.set(ended.remedy, this.#parts.clock.monotonic());
    this.#parts.log.write('notice', 'health-resumed', `This start is a remedy, ${remedies[ended.remedy].does}: ${ended.cause}.`, { check: ended.check });
  }

  #found(finding: Finding): void {
    const before = this.#states.get(finding.check);
    if (before === undefined || !this.#running) return;
    const { clock, hands, callsInProgress } = this.#parts;
    const nowMs = clock.monotonic();
    const { state, effects } = ladderStep(
      before,
      finding.ran
        ? { type: 'looked', nowMs, fault: finding.fault, offered: hands.offered(), callsInProgress: callsInProgress(), lastTaken: this.#lastTaken }
        : { type: 'not-run', nowMs },
    );
    this.#states.set(finding.check, state);
    for (const effect of effects) this.#do(finding.check, effect);
    if (effects.length > 0) this.#parts.told(this.#status());
  }

  #do(check: CheckName, effect: LadderEffect): void {
    const { log } = this.#parts;
    const facts = { check };
    switch (effect.type) {
      case 'suspected':
        return log.write('notice', 'health-suspect', `A check may have failed and is repeated: ${effect.cause}.`, facts);
      case 'sick':
        return log.write(ladders[check].end === 'bite' ? 'alert' : 'warning', 'unhealthy', `The unit is not well: ${effect.cause}.`, facts);
      case 'recovered':
        return log.write('notice', 'healthy-again', `The unit is well again; it was this: ${effect.cause}.`, facts);
      case 'not-offered':
        return log.write('info', 'remedy-not-offered', `This cannot be done here and now, so the next remedy follows: ${remedies[effect.remedy].does}.`, { check, remedy: effect.remedy });
      case 'alarm':
        return log.write('alert', 'no-remedy', `Nothing more can be done, and the unit goes on: ${effect.cause}.`, facts);
      case 'past-help':
        return log.write('alert', 'watchdog-starved', `Nothing more can be done, so the watchdog is fed no more: ${effect.cause}.`, facts);
      case 'take':
        return void this.#take(check, effect.remedy, effect.cause);
    }
  }

  async #take(check: CheckName, remedy: Remedy, cause: string): Promise<void> {
    const { clock, log, hands } = this.#parts;
    this.#lastTaken.set(remedy, clock.monotonic());
    log.write('alert', 'remedy', `A remedy is taken, ${remedies[remedy].does}: ${cause}.`, { check, remedy });
    try {
      if (ending.includes(remedy)) await this.#memory?.note({ check, remedy, cause, atMs: clock.wall() });
      await hands.take(remedy, cause);
    } catch (error) {
      log.write('error', 'remedy-failed', `The remedy could not be taken, ${remedies[remedy].does}: ${error instanceof Error ? error.message : String(error)}.`, { check, remedy });
    }
  }

  #status(): string {
    const standing = this.standing;
    return standing.length === 0 ? 'well' : standing.join('; ');
  }
}
