import type { SipCounters } from './user-agent.ts';

/** The counters of the stack while it counts. */
export type CountersInUse = { -readonly [Name in keyof SipCounters]: SipCounters[Name] };

export const newCounters = (): CountersInUse => ({
  strangers: 0, malformedAnswered: 0, malformedDropped: 0, retransmissionsSent: 0, retransmissionsReceived: 0, transactions: 0, legs: 0, adopted: 0, released: 0, subscriptions: 0, caught: 0,
});
