import type { PairTiming } from './pair-timing.ts';
import type { WitnessView } from './role.ts';

export interface WitnessNeed {
  /** For how long the partner has been missed; null = it is heard. */
  readonly quietMs: number | null;
  readonly says: WitnessView['says'];
  /** The witness is asking the partner whether it is there. */
  readonly asking: boolean;
  readonly wants: boolean;
}

/**
 * How long until the next report. Quick while the partner has just fallen silent, so that the witness has decided when it is dead;
 * and quick while a unit waits for its verdict.
 */
export function witnessPaceMs({ quietMs, says, asking, wants }: WitnessNeed, timing: PairTiming): number {
  if (quietMs === null) return timing.witnessMs;
  if (quietMs < timing.witnessQuickForMs || asking || (wants && says === 'wait')) return timing.witnessQuickMs;
  return timing.witnessAwayMs;
}
