import type { DiversionReason } from '../leg.ts';

/**
 * What causes mean to a mailbox owner. RFC 4458 causes and History-Info Reasons are SIP status codes; Diversion (RFC 5806) has
 * words. Codes with no clear meaning for a greeting (302 unconditional, 404, 480 deflection, 487, 503) are 'default'.
 */
const byStatus: Readonly<Record<string, DiversionReason>> = { 486: 'busy', 600: 'busy', 408: 'no-answer' };

const byWord: Readonly<Record<string, DiversionReason>> = {
  'user-busy': 'busy',
  'no-answer': 'no-answer',
  'time-of-day': 'out-of-hours',
  'out-of-service': 'out-of-hours',
};

export const reasonOfStatus = (status: string | undefined): DiversionReason => byStatus[status ?? ''] ?? 'default';

export const reasonOfWord = (word: string | undefined): DiversionReason => byWord[(word ?? '').toLowerCase()] ?? 'default';
