import { ladders, relapseMs, type Rung } from './ladders.ts';
import type { CheckName } from './health-check.ts';
import { remedies, type Remedy } from './remedy.ts';

/** 'sick' = something is being done; 'alarm' and 'past-help' = nothing is left to do, and with the latter the watchdog is fed no more. */
export type Condition = 'not-run' | 'well' | 'suspect' | 'sick' | 'alarm' | 'past-help';

export interface TakenRemedy {
  readonly remedy: Remedy;
  readonly atMs: number;
  readonly cause: string;
}

/** Where one check is on its ladder. Times are monotonic. */
export interface LadderState {
  readonly check: CheckName;
  readonly condition: Condition;
  /** Since when it is in this condition. */
  readonly sinceMs: number;
  /** The last thing that was wrong; kept when it is well again. */
  readonly cause: string | null;
  /** Looks in a row that found a fault. */
  readonly fails: number;
  readonly sickSinceMs: number;
  /** The next rung. */
  readonly rung: number;
  /** The last remedy has its time until then. */
  readonly judgeAtMs: number;
  /** The partner shall serve: true from the rung 'hand-over' on until the check is well. */
  readonly yields: boolean;
  /** The newest last. */
  readonly taken: readonly TakenRemedy[];
}

/** Remedies remembered for each check. */
export const keptRemedies = 8;

export type LadderInput =
  | { readonly type: 'not-run'; readonly nowMs: number }
  | {
      readonly type: 'looked';
      readonly nowMs: number;
      readonly fault: string | null;
      /** What can be done here and now. */
      readonly offered: ReadonlySet<Remedy>;
      readonly callsInProgress: boolean;
      /** When each was last taken, whatever for. */
      readonly lastTaken: ReadonlyMap<Remedy, number>;
    };

type Looked = Extract<LadderInput, { type: 'looked' }>;

export type LadderEffect =
  | { readonly type: 'suspected' | 'sick' | 'recovered' | 'alarm' | 'past-help'; readonly cause: string }
  | { readonly type: 'not-offered'; readonly remedy: Remedy; readonly cause: string }
  | { readonly type: 'take'; readonly remedy: Remedy; readonly cause: string };

export interface LadderStep {
  readonly state: LadderState;
  readonly effects: readonly LadderEffect[];
}

export function atTheFoot(check: CheckName, nowMs: number): LadderState {
  return { check, condition: 'not-run', sinceMs: nowMs, cause: null, fails: 0, sickSinceMs: nowMs, rung: 0, judgeAtMs: 0, yields: false, taken: [] };
}

/** A unit that ended itself because of this check goes on above that rung, should the fault be there again. */
export function resumedAbove(state: LadderState, remedy: Remedy, cause: string): LadderState {
  const at = ladders[state.check].rungs.findIndex((rung) => rung.remedy === remedy);
  return { ...state, rung: at + 1, cause, taken: [{ remedy, atMs: state.sinceMs, cause }] };
}

/** One look at one check: where it stands on its ladder now, and what follows. Pure. */
export function ladderStep(state: LadderState, input: LadderInput): LadderStep {
  if (input.type === 'not-run') return { state: state.condition === 'not-run' ? state : enter(state, 'not-run', input.nowMs), effects: [] };
  return input.fault === null ? well(state, input.nowMs) : faulty(state, input, input.fault);
}

function well(state: LadderState, nowMs: number): LadderStep {
  const wasIll = state.condition === 'sick' || state.condition === 'alarm' || state.condition === 'past-help';
  const steady = state.condition === 'well' && nowMs - state.sinceMs >= relapseMs;
  const next = state.condition === 'well' ? state : enter(state, 'well', nowMs);
  return {
    state: { ...next, fails: 0, yields: false, rung: steady ? 0 : next.rung },
    effects: wasIll ? [{ type: 'recovered', cause: state.cause ?? '' }] : [],
  };
}

function faulty(before: LadderState, input: Looked, cause: string): LadderStep {
  const { tries } = ladders[before.check];
  const state = { ...before, fails: before.fails + 1, cause };
  const known = before.condition === 'sick' || before.condition === 'alarm' || before.condition === 'past-help';
  if (known) return climb(state, input, cause, []);
  if (state.fails < tries) {
    if (before.condition === 'suspect') return { state, effects: [] };
    return { state: enter(state, 'suspect', input.nowMs), effects: [{ type: 'suspected', cause }] };
  }
  return climb({ ...enter(state, 'sick', input.nowMs), sickSinceMs: input.nowMs }, input, cause, [{ type: 'sick', cause }]);
}

/** Takes the next remedy that is offered, unless the last one still has its time. */
function climb(state: LadderState, input: Looked, cause: string, effects: readonly LadderEffect[]): LadderStep {
  if (state.condition !== 'sick' || input.nowMs < state.judgeAtMs) return { state, effects };
  const next = ladders[state.check].rungs[state.rung];
  if (next === undefined) return exhausted(state, input.nowMs, cause, effects);
  const yields = state.yields || next.remedy === 'hand-over';
  if (!input.offered.has(next.remedy)) {
    return climb({ ...state, yields, rung: state.rung + 1 }, input, cause, [...effects, { type: 'not-offered', remedy: next.remedy, cause }]);
  }
  if (mustWait(state, next, input)) return { state, effects };
  const taken = [...state.taken.slice(1 - keptRemedies), { remedy: next.remedy, atMs: input.nowMs, cause }];
  return {
    state: { ...state, yields, taken, rung: state.rung + 1, judgeAtMs: input.nowMs + next.settleMs },
    effects: [...effects, { type: 'take', remedy: next.remedy, cause }],
  };
}

function mustWait(state: LadderState, { remedy, graceMs }: Rung, { nowMs, lastTaken, callsInProgress }: Looked): boolean {
  if (callsInProgress && nowMs - state.sickSinceMs < graceMs) return true;
  return nowMs < freeAgainMs(remedy, lastTaken);
}

/** When the pause of a remedy is over; -Infinity = it was never taken. */
export function freeAgainMs(remedy: Remedy, lastTaken: ReadonlyMap<Remedy, number>): number {
  return (lastTaken.get(remedy) ?? -Infinity) + remedies[remedy].pauseMs;
}

function exhausted(state: LadderState, nowMs: number, cause: string, effects: readonly LadderEffect[]): LadderStep {
  const condition = ladders[state.check].end === 'bite' ? 'past-help' : 'alarm';
  return { state: enter(state, condition, nowMs), effects: [...effects, { type: condition, cause }] };
}

const enter = (state: LadderState, condition: Condition, sinceMs: number): LadderState => ({ ...state, condition, sinceMs });
