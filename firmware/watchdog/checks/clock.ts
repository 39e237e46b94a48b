import type { Clock } from '../../../hal/clock.ts';
import { earliestMs } from '../../time/time-keeper.ts';
import { whileUp, type HealthCheck } from '../health-check.ts';

/** Between two looks; NTP slews smaller differences away without a step. */
const mostStepMs = 2000;

/** `ownStepsMs`: what this unit has moved it by itself, by a time server's word, is no fault. Messages carry the time of day: a clock that is not set, or that was moved, gives them wrong dates. */
export function clock(of: Clock, ownStepsMs: () => number = () => 0): HealthCheck {
  let offsetMs: number | null = null;
  return {
    name: 'clock',
    about: 'the time of day is right',
    runsIn: whileUp,
    everyRounds: 1,
    look() {
      const now = of.wall() - of.monotonic() - ownStepsMs();
      const stepMs = offsetMs === null ? 0 : now - offsetMs;
      offsetMs = now;
      if (of.wall() < earliestMs) return `the clock says ${new Date(of.wall()).toISOString().slice(0, 10)}, so it is not set`;
      if (Math.abs(stepMs) <= mostStepMs) return null;
      return `the clock was moved by ${stepMs > 0 ? '+' : '-'}${Math.round(Math.abs(stepMs) / 1000)} s`;
    },
  };
}
