import { say } from '../../phrase.ts';
import type { ReviewPlan } from '../../recording/review.ts';
import { toGreeting } from '../../recording/take-plans.ts';

/** The longest that an owner records by telephone, in milliseconds. */
const maxGreetingMs = 120_000;
const maxNameMs = 10_000;

/** The spoken name of a mailbox. */
export const nameReview = (mailbox: string): ReviewPlan => ({
  take: { ...toGreeting({ type: 'open-greeting', mailbox, kind: 'name' }), pieces: [say('review.record')], maxMs: maxNameMs, silenceMs: 0, minMs: 1, stopDigits: '#' },
  current: [{ nameOf: mailbox, orElse: say('menu.nothing-recorded') }],
  pending: () => [{ pendingGreeting: true }],
  commit: { type: 'commit-greeting' },
});

/** The standard greeting of a mailbox. */
export const greetingReview = (mailbox: string): ReviewPlan => ({
  take: { ...toGreeting({ type: 'open-greeting', mailbox }), pieces: [say('menu.greeting-record')], maxMs: maxGreetingMs, silenceMs: 0, minMs: 1, stopDigits: '#' },
  current: [{ greetingOf: mailbox, orElse: say('menu.greeting-none') }],
  pending: () => [{ pendingGreeting: true }],
  commit: { type: 'commit-greeting' },
});
