import type { CheckName } from './health-check.ts';
import type { Remedy } from './remedy.ts';

export interface Rung {
  readonly remedy: Remedy;
  /** What it has to show its effect; the fault is judged again after that. */
  readonly settleMs: number;
  /** It waits so long for calls to end by themselves, counted from when the unit was found sick. */
  readonly graceMs: number;
}

/** What is done about a fault, step by step. */
export interface Ladder {
  /** Looks in a row that must find the fault before anything is done. */
  readonly tries: number;
  readonly rungs: readonly Rung[];
  /** When nothing is left: 'bite' = the watchdog is fed no more, so that it restarts the unit; 'alarm' = the unit goes on, for a new start would help nobody. */
  readonly end: 'bite' | 'alarm';
}

const rung = (remedy: Remedy, settleSec: number, graceMin = 0): Rung => ({ remedy, settleMs: settleSec * 1000, graceMs: graceMin * 60_000 });

export const ladders: Readonly<Record<CheckName, Ladder>> = {
  // A loop that stands still altogether feeds nothing either: then the watchdog bites by itself.
  'control-loop': { tries: 3, rungs: [rung('hand-over', 5), rung('restart-process', 10)], end: 'bite' },
  // Three looks see two reports at least: one long pause is not yet a fault.
  'media-thread': { tries: 3, rungs: [rung('hand-over', 2), rung('restart-process', 10)], end: 'bite' },
  // Too much work for the machine: a new process would have as much.
  'media-deadlines': { tries: 3, rungs: [rung('hand-over', 5)], end: 'alarm' },
  // A new process on the same disk changes nothing; a restarted machine checks its file systems.
  'store': { tries: 3, rungs: [rung('hand-over', 5), rung('reboot', 60)], end: 'bite' },
  'sip': { tries: 2, rungs: [rung('reopen-sip', 3), rung('hand-over', 5), rung('restart-process', 10)], end: 'bite' },
  'memory': { tries: 6, rungs: [rung('restart-process', 10, 30)], end: 'alarm' },
  'disk': { tries: 2, rungs: [rung('hand-over', 5)], end: 'alarm' },
  // A card that is gone for good is somebody's to mend; calls by other ways go on.
  'lines': { tries: 3, rungs: [rung('reopen-lines', 15)], end: 'alarm' },
  // The check "store" does what can be done; this one tells what a person must.
  'medium': { tries: 1, rungs: [], end: 'alarm' },
  'clock': { tries: 1, rungs: [], end: 'alarm' },
};

/** A check that fails again so soon after it was well goes on where it was on its ladder. */
export const relapseMs = 10 * 60_000;
