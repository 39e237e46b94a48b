import type { Estate } from '../estate/estate.ts';
import type { NotifyDesk } from '../notify/notify-desk.ts';
import type { UnitHealth } from '../watchdog/unit-health.ts';
import { atMost } from './at-most.ts';
import { leavePair } from './leave-pair.ts';
import type { UnitUpdate } from './make-update.ts';
import type { UnitKeepers } from './unit-keepers.ts';
import type { WholeUnit } from './whole-unit.ts';

/** What the unit's parts do not see of it, and what must be stopped. */
export interface StoppedParts {
  readonly keepers: UnitKeepers;
  readonly update: UnitUpdate | null;
  /** null = it has not been opened. */
  readonly notify: NotifyDesk | null;
  /** Asked for when its turn comes: a start that is still on its way may open it meanwhile. */
  readonly estate: () => Estate | null;
  readonly health: UnitHealth;
}

/** Ends every call, lets writes finish, says goodbye to the PBX. At most `graceMs`. False = something may still be written. */
export async function stopUnit(unit: WholeUnit, { keepers, update, notify, estate, health }: StoppedParts, graceMs: number): Promise<boolean> {
  const { calls, sip, store, parts: { clock } } = unit;
  const began = clock.monotonic();
  keepers.stop();
  update?.pair.stop();
  update?.desk.stop();
  calls.refuseNew();
  await atMost(clock, graceMs * 0.1, notify?.stop() ?? Promise.resolve());
  await atMost(clock, graceMs * 0.1, estate()?.stop() ?? Promise.resolve());
  await atMost(clock, graceMs * 0.25, leavePair(unit));
  calls.hangUpAll('the unit is stopping');
  unit.lines.stop();
  const leftMs = Math.max(0, graceMs - (clock.monotonic() - began));
  await atMost(clock, leftMs * 0.6, calls.drained());
  await sip.stop(leftMs * 0.2);
  await atMost(clock, leftMs * 0.1, store.sending.stop());
  let isClosed = false;
  const closing = store.close().finally(() => (isClosed = true));
  await atMost(clock, leftMs * 0.1, closing);
  unit.flows.stop();
  await health.stop();
  unit.signals?.stop();
  unit.parts.media.send({ type: 'shut-down' });
  return isClosed;
}
