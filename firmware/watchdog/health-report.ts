import type { CheckName } from './health-check.ts';
import { freeAgainMs, type Condition, type LadderState, type TakenRemedy } from './ladder-machine.ts';
import { ladders } from './ladders.ts';
import { remedies, type Remedy } from './remedy.ts';

/** What `show health` prints of one check. Ages are milliseconds before the report. */
export interface CheckReport {
  readonly check: CheckName;
  readonly about: string;
  readonly condition: Condition;
  readonly sinceAgeMs: number;
  /** The last thing that was wrong, also of a check that is well again; null = never anything. */
  readonly cause: string | null;
  readonly taken: readonly (Omit<TakenRemedy, 'atMs'> & { readonly ageMs: number })[];
  /** What follows, in words; '' = nothing needs to. */
  readonly next: string;
}

export interface HealthReport {
  /** 'systemd', '/dev/watchdog', ... */
  readonly watchdog: string;
  readonly feeding: 'fed' | 'starved' | 'not armed';
  readonly checks: readonly CheckReport[];
}

export function checkReport(state: LadderState, about: string, nowMs: number, lastTaken: ReadonlyMap<Remedy, number>): CheckReport {
  return {
    check: state.check,
    about,
    condition: state.condition,
    sinceAgeMs: nowMs - state.sinceMs,
    cause: state.cause,
    taken: state.taken.map(({ atMs, ...rest }) => ({ ...rest, ageMs: nowMs - atMs })),
    next: nextStep(state, nowMs, lastTaken),
  };
}

function nextStep(state: LadderState, nowMs: number, lastTaken: ReadonlyMap<Remedy, number>): string {
  const ladder = ladders[state.check];
  if (state.condition === 'suspect') return `looks again, ${state.fails} of ${ladder.tries}`;
  if (state.condition === 'alarm') return 'an alert stands; the unit goes on';
  if (state.condition === 'past-help') return 'the watchdog restarts the unit';
  if (state.condition !== 'sick') return '';
  const rung = ladder.rungs[state.rung];
  const next = rung === undefined ? (ladder.end === 'bite' ? 'the watchdog is fed no more' : 'an alert') : remedies[rung.remedy].does;
  const waitMs = Math.max(state.judgeAtMs, rung === undefined ? 0 : freeAgainMs(rung.remedy, lastTaken)) - nowMs;
  return waitMs > 0 ? `${next}, in ${Math.ceil(waitMs / 1000)} s at the earliest` : next;
}
