import { whileUp, type HealthCheck } from '../health-check.ts';

/** Of 500 in the 5 s of a report, each 10 ms of every call: more than 5 % and callers hear it. */
const mostSkipped = 25;

/** What the media thread told in its last report; counters run since the start. */
export interface DeadlineReport {
  readonly activeSessions: number;
  readonly skippedTicks: number;
}

/** Judges each report once: the counter must have grown since the one before. `report`: null = none has come yet. */
export function mediaDeadlines(report: () => DeadlineReport | null): HealthCheck {
  let judged: DeadlineReport | null = null;
  let verdict: string | null = null;
  return {
    name: 'media-deadlines',
    about: 'audio leaves in time',
    runsIn: whileUp,
    everyRounds: 1,
    look() {
      const now = report();
      if (now === null || now === judged) return verdict;
      const skipped = now.skippedTicks - (judged?.skippedTicks ?? 0);
      judged = now;
      verdict = skipped > mostSkipped ? `${skipped} pieces of 10 ms were not sent in the last report of the media thread; ${mostSkipped} are allowed` : null;
      return verdict;
    },
  };
}
