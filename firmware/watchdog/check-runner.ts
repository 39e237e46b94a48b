import type { Clock } from '../../hal/clock.ts';
import { lookLimitMs, type CheckName, type HealthCheck, type UnitState } from './health-check.ts';

export type Finding = { readonly check: CheckName; readonly ran: false } | { readonly check: CheckName; readonly ran: true; readonly fault: string | null };

/** Runs the checks that are due, one after the other, so that none makes another look slow. */
export class CheckRunner {
  readonly #clock: Clock;
  readonly #checks: readonly HealthCheck[];
  readonly #faulty = new Set<CheckName>();
  /** Looks that have not come back. */
  readonly #hanging = new Set<CheckName>();
  #round = 0;

  constructor(clock: Clock, checks: readonly HealthCheck[]) {
    this.#clock = clock;
    this.#checks = checks;
  }

  /** Tells of each check that ran, and of those that must not run now. Never rejects. */
  async round(state: UnitState, found: (finding: Finding) => void): Promise<void> {
    const round = this.#round++;
    for (const check of this.#checks) {
      const { name } = check;
      if (!check.runsIn.includes(state)) {
        this.#faulty.delete(name);
        found({ check: name, ran: false });
        continue;
      }
      if (!this.#faulty.has(name) && round % check.everyRounds !== 0) continue;
      const fault = await this.#look(check);
      if (fault === null) this.#faulty.delete(name);
      else this.#faulty.add(name);
      found({ check: name, ran: true, fault });
    }
  }

  /**
   * A check that hangs (a disk that does not answer) is a fault, and the next ones are looked at all the same. It is not asked again
   * before it has come back: else each round would leave one more question waiting.
   */
  #look(check: HealthCheck): Promise<string | null> {
    const unknown = `it was not known after ${lookLimitMs / 1000} s whether ${check.about}`;
    if (this.#hanging.has(check.name)) return Promise.resolve(unknown);
    this.#hanging.add(check.name);
    return new Promise((resolve) => {
      const limit = this.#clock.after('health check', lookLimitMs, () => resolve(unknown));
      const end = (fault: string | null): void => {
        this.#hanging.delete(check.name);
        limit.cancel();
        resolve(fault);
      };
      const failed = (error: unknown): void => end(`it cannot be told whether ${check.about}: ${error instanceof Error ? error.message : String(error)}`);
      answerOf(check).then(end, failed);
    });
  }
}

/** As a promise, whatever it does. */
async function answerOf(check: HealthCheck): Promise<string | null> {
  return check.look();
}
