import type { HealthCheck } from '../health-check.ts';

/** A SIP timer A is 500 ms: a loop that is later than this answers after the peer has asked again. */
const mostMs = 1000;

/** `worstLagMs`: of the control thread, since it was last asked. */
export function controlLoop(worstLagMs: () => number): HealthCheck {
  return {
    name: 'control-loop',
    about: 'the control thread comes to its work',
    runsIn: ['starting', 'serving', 'standby', 'stopping'],
    everyRounds: 1,
    look() {
      const lagMs = worstLagMs();
      return lagMs > mostMs ? `the control thread was ${Math.round(lagMs)} ms late; ${mostMs} ms are allowed` : null;
    },
  };
}
