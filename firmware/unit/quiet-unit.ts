import { atMost } from './at-most.ts';
import { leavePair } from './leave-pair.ts';
import type { WholeUnit } from './whole-unit.ts';

/** For the partner to take over and for callers' words to be stored, before the machine restarts. */
const quietMs = 2000;

/** Before the machine restarts: the partner serves from now on, and what callers were saying is stored. */
export async function quietUnit(unit: WholeUnit): Promise<void> {
  const { calls, parts: { clock } } = unit;
  calls.refuseNew();
  await atMost(clock, quietMs / 2, leavePair(unit));
  calls.hangUpAll('the machine restarts');
  await atMost(clock, quietMs / 2, calls.drained());
}
