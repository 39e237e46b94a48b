/**
 * Recordings that an owner has made for callers. 'greeting' is the standard one; numbered ones (Intuity) count only where `use` names them.
 * queued and still-queued are a group's, for callers who wait.
 */
export const numberedGreetings = ['greeting-1', 'greeting-2', 'greeting-3', 'greeting-4', 'greeting-5', 'greeting-6', 'greeting-7', 'greeting-8', 'greeting-9'] as const;
export const reasonGreetings = ['busy', 'no-answer', 'out-of-hours', 'internal', 'external', 'temporary', 'queued', 'still-queued'] as const;
export const greetingKinds = ['greeting', 'name', ...reasonGreetings, ...numberedGreetings] as const;
export type GreetingKind = (typeof greetingKinds)[number];

/** What owners choose by telephone. */
export interface MailboxOptions {
  /** false: callers hear that the mailbox takes no messages; what others send still arrives (Intuity 5 7 1). */
  readonly takesCalls: boolean;
  /** The standard greeting is played again and again, and nothing is recorded ("save as loop"). */
  readonly loopGreeting: boolean;
  /** An administrator chose the PIN, and the owner has not changed it since. */
  readonly pinGiven: boolean;
  /** What is said before a message. */
  readonly envelope: { readonly number: boolean; readonly name: boolean; readonly time: boolean; readonly length: boolean };
}

export const standardOptions: MailboxOptions = { takesCalls: true, loopGreeting: false, pinGiven: false, envelope: { number: true, name: false, time: true, length: false } };
