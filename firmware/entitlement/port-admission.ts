import type { Allowance } from './allowance.ts';
import type { PortClass } from './entitlement.ts';

/** What a port is used for. All others are counted, and no right is about them by themselves. */
export type PortUse = PortClass | 'other';

/** Whether a call of a class may have a port beside those `used` already: null = it may, else why not. */
export function refusePort(allowed: Allowance, used: Readonly<Record<PortUse, number>>, wants: PortUse): string | null {
  if (allowed.leftMs === 0) return 'The unit has no entitlement';
  const total = used.leave + used.collect + used.other;
  if (total >= allowed.ports) return 'All voicemail ports that the unit is entitled to are in use';
  if (wants === 'other') return null;
  return used[wants] >= (allowed.classes[wants] ?? allowed.ports) ? `All ports for ${nameOf[wants]} are in use` : null;
}

const nameOf: Record<PortClass, string> = { leave: 'leaving messages', collect: 'collecting messages' };
