import type { Machine } from './machine.ts';
import { to } from './machine.ts';

/** Non-INVITE client transaction: RFC 3261 17.1.2. Timer E goes on in Proceeding. */
export const clientNonInvite: Machine = {
  initial: 'trying',
  capped: true,
  lingerMs: (_state, reliable, timers) => (reliable ? 0 : timers.t4Ms),
  table: {
    trying: {
      start: to('trying', 'send', 'start-retransmit', 'start-timeout'),
      retransmit: to('trying', 'send'),
      timeout: to('terminated', 'fail'),
      provisional: to('proceeding', 'pass'),
      success: to('completed', 'stop-retransmit', 'stop-timeout', 'pass', 'start-linger'),
      failure: to('completed', 'stop-retransmit', 'stop-timeout', 'pass', 'start-linger'),
    },
    proceeding: {
      retransmit: to('proceeding', 'send'),
      timeout: to('terminated', 'fail'),
      provisional: to('proceeding', 'pass'),
      success: to('completed', 'stop-retransmit', 'stop-timeout', 'pass', 'start-linger'),
      failure: to('completed', 'stop-retransmit', 'stop-timeout', 'pass', 'start-linger'),
    },
    completed: { linger: to('terminated') },
  },
};
