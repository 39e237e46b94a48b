import type { Machine } from './machine.ts';
import { to, transactionTimeoutMs } from './machine.ts';

/**
 * INVITE server transaction: RFC 3261 17.2.1, with Accepted of RFC 6026: after a 2xx, which its dialog repeats, retransmitted
 * INVITEs are absorbed and ACKs go to the dialog.
 */
export const serverInvite: Machine = {
  initial: 'proceeding',
  capped: true,
  lingerMs: (state, reliable, timers) => (state === 'accepted' ? transactionTimeoutMs(timers) : reliable ? 0 : timers.t4Ms),
  table: {
    proceeding: {
      request: to('proceeding', 'send'),
      provisional: to('proceeding', 'send'),
      success: to('accepted', 'send', 'start-linger'),
      failure: to('completed', 'send', 'start-retransmit', 'start-timeout'),
    },
    accepted: { success: to('accepted', 'send'), linger: to('terminated') },
    completed: {
      request: to('completed', 'send'),
      retransmit: to('completed', 'send'),
      timeout: to('terminated', 'fail'),
      ack: to('confirmed', 'stop-retransmit', 'stop-timeout', 'start-linger'),
    },
    confirmed: { linger: to('terminated') },
  },
};
