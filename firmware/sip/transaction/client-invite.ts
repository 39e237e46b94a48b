import type { Machine } from './machine.ts';
import { to, transactionTimeoutMs } from './machine.ts';

/** Timer D on an unreliable transport. */
const timerDms = 32_000;

/** INVITE client transaction: RFC 3261 17.1.1, with Accepted of RFC 6026 (2xx retransmissions and forks pass up). */
export const clientInvite: Machine = {
  initial: 'calling',
  capped: false,
  lingerMs: (state, reliable, timers) => (state === 'accepted' ? transactionTimeoutMs(timers) : reliable ? 0 : timerDms),
  table: {
    calling: {
      start: to('calling', 'send', 'start-retransmit', 'start-timeout'),
      retransmit: to('calling', 'send'),
      timeout: to('terminated', 'fail'),
      provisional: to('proceeding', 'stop-retransmit', 'stop-timeout', 'pass'),
      success: to('accepted', 'stop-retransmit', 'stop-timeout', 'pass', 'start-linger'),
      failure: to('completed', 'stop-retransmit', 'stop-timeout', 'acknowledge', 'pass', 'start-linger'),
    },
    proceeding: {
      provisional: to('proceeding', 'pass'),
      success: to('accepted', 'pass', 'start-linger'),
      failure: to('completed', 'acknowledge', 'pass', 'start-linger'),
    },
    accepted: { success: to('accepted', 'pass'), linger: to('terminated') },
    completed: { failure: to('completed', 'acknowledge'), linger: to('terminated') },
  },
};
