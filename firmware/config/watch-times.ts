import type { Settings } from './settings.ts';

/** When a watched PBX is asked, and what its silence means; all of it follows from three settings. */
export interface WatchTimes {
  /** Between two probes while all is well. */
  readonly steadyMs: number;
  /** Between two probes as soon as one was not answered: many in a short time, so that loss on the way does not look like a loss of the PBX. */
  readonly hurryMs: number;
  /** Between two probes of a PBX that is lost. */
  readonly lostMs: number;
  /** A probe is missed when nothing was heard for so long after it. A later answer still counts as a sign of life. */
  readonly limitMs: number;
  /** Probes in a row that must be missed. */
  readonly misses: number;
  /** A PBX that was lost must answer for so long before it is used again. */
  readonly returnMs: number;
}

type WatchSettings = Pick<Settings['sip'], 'watchMs' | 'watchMisses' | 'returnSec'>;

export const watchTimes = ({ watchMs, watchMisses, returnSec }: WatchSettings): WatchTimes => ({
  steadyMs: watchMs,
  hurryMs: watchMs / 10,
  lostMs: 4 * watchMs,
  limitMs: 0.6 * watchMs,
  misses: watchMisses,
  returnMs: returnSec * 1000,
});

/**
 * The longest time in which silence is seen, when the PBX dies just after it has answered:
 *
 *   answered ..steady.. probe 1 ..limit.. missed ..hurry.. probe 2 ..hurry.. (and so on) probe n ..limit.. lost
 */
export function lossSeenMs(settings: WatchSettings): number {
  const { steadyMs, hurryMs, limitMs, misses } = watchTimes(settings);
  return steadyMs + limitMs + hurryMs * (misses - 1) + limitMs;
}
