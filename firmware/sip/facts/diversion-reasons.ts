import type { DiversionReason } from '../leg.ts';

/**
 * What causes mean to a mailbox owner. RFC 4458 causes and History-Info Reasons are SIP status codes, or Q.850 causes from a trunk;
 * Diversion (RFC 5806) has words. What says nothing about why nobody answered is 'default': 302 and 'unconditional' (all calls
 * are sent on), 404, 480 and 'deflection' (sent on at once by the phone or its user), 487, 503.
 */
const byStatus: Readonly<Record<string, DiversionReason>> = { 486: 'busy', 600: 'busy', 408: 'no-answer' };

const byQ850: Readonly<Record<string, DiversionReason>> = { 17: 'busy', 18: 'no-answer', 19: 'no-answer' };

const byWord: Readonly<Record<string, DiversionReason>> = {
  'user-busy': 'busy',
  'no-answer': 'no-answer',
  'time-of-day': 'out-of-hours',
  'out-of-service': 'out-of-hours',
};

export const reasonOfStatus = (status: string | undefined): DiversionReason => byStatus[status ?? ''] ?? 'default';

export const reasonOfWord = (word: string | undefined): DiversionReason => byWord[(word ?? '').toLowerCase()] ?? 'default';

/** By the value of a Reason header field (RFC 3326): 'SIP;cause=486;text="Busy Here", Q.850;cause=17'. null = it gives no cause of these kinds. */
export function reasonOfField(value: string): DiversionReason | null {
  for (const [, protocol = '', cause = ''] of value.matchAll(/(?:^|,)\s*(SIP|Q\.850)\s*;\s*cause\s*=\s*([0-9]{1,3})(?![0-9])/gi)) {
    return (protocol.toUpperCase() === 'SIP' ? byStatus : byQ850)[cause] ?? 'default';
  }
  return null;
}
