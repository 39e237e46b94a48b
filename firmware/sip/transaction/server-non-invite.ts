import type { Machine } from './machine.ts';
import { to, transactionTimeoutMs } from './machine.ts';

/** Non-INVITE server transaction: RFC 3261 17.2.2. */
export const serverNonInvite: Machine = {
  initial: 'trying',
  capped: true,
  lingerMs: (_state, reliable, timers) => (reliable ? 0 : transactionTimeoutMs(timers)),
  table: {
    trying: {
      provisional: to('proceeding', 'send'),
      success: to('completed', 'send', 'start-linger'),
      failure: to('completed', 'send', 'start-linger'),
    },
    proceeding: {
      request: to('proceeding', 'send'),
      provisional: to('proceeding', 'send'),
      success: to('completed', 'send', 'start-linger'),
      failure: to('completed', 'send', 'start-linger'),
    },
    completed: { request: to('completed', 'send'), linger: to('terminated') },
  },
};
