import type { Allowance } from './allowance.ts';
import type { PortClass } from './entitlement.ts';

/** Whether a call of a class may have a port beside those `used` already: null = it may, else why not. */
export function refusePort(allowed: Allowance, used: Readonly<Record<PortClass, number>>, wants: PortClass): string | null {
  if (allowed.leftMs === 0) return 'The unit has no entitlement';
  const total = used.leave + used.collect;
  if (total >= allowed.ports) return 'All voicemail ports that the unit is entitled to are in use';
  if (used[wants] >= (allowed.classes[wants] ?? allowed.ports)) return `All ports for ${nameOf[wants]} are in use`;
  return null;
}

const nameOf: Record<PortClass, string> = { leave: 'leaving messages', collect: 'collecting messages' };
