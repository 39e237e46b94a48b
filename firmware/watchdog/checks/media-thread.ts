import type { Clock, MonotonicMs } from '../../../hal/clock.ts';
import type { HealthCheck } from '../health-check.ts';

/** It reports every 5 s: two reports missed. */
const silenceMs = 11_000;
/** Two packets and the jitter buffer of most telephones: what comes later than this is heard as a gap by every caller. */
const mostLagMs = 1000;

export interface MediaThreadFacts {
  readonly lastHeard: () => MonotonicMs;
  /** Of the last report; null = none has come yet. */
  readonly worstLagMs: () => number | null;
}

/** The lag is that of the last report, so that one pause may be seen twice. */
export function mediaThread(clock: Clock, { lastHeard, worstLagMs }: MediaThreadFacts): HealthCheck {
  return {
    name: 'media-thread',
    about: 'the media thread reports, and comes to its work',
    runsIn: ['starting', 'serving', 'standby'],
    everyRounds: 1,
    look() {
      const silentMs = clock.monotonic() - lastHeard();
      if (silentMs > silenceMs) return `the media thread has said nothing for ${Math.floor(silentMs / 1000)} s`;
      const lagMs = worstLagMs() ?? 0;
      return lagMs > mostLagMs ? `the media thread was ${Math.round(lagMs)} ms late; ${mostLagMs} ms are allowed` : null;
    },
  };
}
