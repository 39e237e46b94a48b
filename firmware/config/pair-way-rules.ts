import { serialEvery } from '../failover/serial-pace.ts';
import type { Conflict, Draft } from './cross-rules.ts';

/** Rules for the ways to the partner and the witness that join keys. */
export function pairWayRules(draft: Draft): Conflict[] {
  return [...witnessIsAThird(draft), ...serialIsFastEnough(draft)];
}

function witnessIsAThird({ pair }: Draft): Conflict[] {
  if (pair === undefined || pair === null || pair.witness === null) return [];
  const { address } = pair.witness;
  if (!pair.partner.includes(address)) return [];
  return [{ path: ['pair', 'witness', 'address'], message: 'this is the partner, which cannot witness its own death', suggestion: 'use the address of a third machine' }];
}

/** Of the beats that a silence is measured in, a slow line carries a part; one that is lost must not look like a death. */
const leastBeats = 4;

function serialIsFastEnough({ pair }: Draft): Conflict[] {
  if (pair === undefined || pair === null || pair.serial === null) return [];
  const { serial: { baud }, beatMs, misses } = pair;
  const every = serialEvery(baud, beatMs);
  if (leastBeats * every <= misses) return [];
  const message = `at ${baud} bit/s the line carries one of ${every} beats, so that fewer than ${leastBeats} come in ${misses}`;
  return [{ path: ['pair', 'serial', 'baud'], message, suggestion: `use a faster line, or misses of ${leastBeats * every} or more` }];
}
