import type { Conflict, Draft } from './cross-rules.ts';

/** Calls go from unit to unit with the shared address: there must be one, and it must be what callers see. */
export function callsFollowAnAddress({ pair, sip }: Draft): Conflict[] {
  if (pair === undefined || pair === null || pair.calls !== 'follow') return [];
  const path = ['pair', 'calls'] as const;
  if (pair.sharedAddress === null) return [{ path, message: 'calls follow the shared address, and there is none', suggestion: 'add sharedAddress and interface, or set it to end' }];
  if (sip === undefined || sip.publicAddress === null) return [];
  return [{ path, message: `calls follow the shared address, and sip.publicAddress would tell callers ${sip.publicAddress}`, suggestion: 'remove sip.publicAddress, or set it to end' }];
}
