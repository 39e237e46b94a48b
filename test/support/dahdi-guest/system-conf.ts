/** Spans of loop-back channels, whose clock is the timer of DAHDI itself: channel n faces channel n + `pairs`. */
export interface LinkedSpans {
  /** Channels at either end, at the most 24. */
  readonly pairs: number;
  /** The signalling of channels 1 to `pairs`. DAHDI names it after the far end: 'fxoks' acts as the exchange, 'fxsks' as a telephone. */
  readonly first: Signalling;
  /** So many pairs more, behind them, with the signalling the other way round: 2 * `pairs` + 1 faces 2 * `pairs` + `both` + 1. */
  readonly both?: number;
  /** Zones whose tones the kernel has, by the names of libtonezone; the first is the default. */
  readonly zones: readonly string[];
}

type Signalling = 'fxoks' | 'fxsks';

/** system.conf(5). The echo cancellers are at the second end of each link: ours. */
export function systemConf({ pairs, first, both = 0, zones }: LinkedSpans): string {
  return [
    ...dynamic(1, pairs), ...dynamic(2, both),
    ...channels(0, pairs, first), ...channels(2 * pairs, both, other(first)),
    ...zones.map((zone) => `loadzone=${zone}`),
    `defaultzone=${zones[0] ?? 'us'}`,
    '',
  ].join('\n');
}

const other = (signalling: Signalling): Signalling => (signalling === 'fxoks' ? 'fxsks' : 'fxoks');

/** The two ends of a link have one key, and the numbers 0 and 1. */
function dynamic(key: number, pairs: number): string[] {
  return pairs === 0 ? [] : [0, 1].map((end) => `dynamic=loc,${key}:${end},${pairs},0`);
}

function channels(before: number, pairs: number, first: Signalling): string[] {
  if (pairs === 0) return [];
  const [far, near] = [`${before + 1}-${before + pairs}`, `${before + pairs + 1}-${before + 2 * pairs}`];
  return [`${first}=${far}`, `${other(first)}=${near}`, `echocanceller=mg2,${near}`];
}
