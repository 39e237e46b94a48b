import type { Rank } from './role.ts';

/** Six bytes in a beat; at one change a millisecond it lasts 8,900 years. */
export const maxEpoch = 2 ** 48 - 1;

/**
 * The next epoch above `seen` for a unit of this rank: even for the primary, odd for the backup. So two units that cannot
 * hear each other never come to the same number, and of two that serve one always has the higher.
 */
export function nextEpoch(seen: number, rank: Rank): number {
  const next = seen + 1;
  return (next % 2 === 0) === (rank === 'primary') ? next : next + 1;
}
