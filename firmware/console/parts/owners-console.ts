import type { ListSummary } from '../../mailbox/lists/distribution-list.ts';
import type { GreetingKind } from '../../mailbox/owner-choices.ts';

/** What a mailbox owner has beside messages. */
export interface OwnerFacts {
  readonly greetings: readonly { readonly kind: GreetingKind; readonly durationMs: number }[];
  readonly temporaryUntilMs: number | null;
  readonly takesCalls: boolean;
  readonly loopGreeting: boolean;
  readonly disabled: boolean;
  readonly quotaSec: number | null;
  readonly lists: readonly ListSummary[];
  /** Of this group mailbox. */
  readonly members: readonly string[];
  /** Group mailboxes that it is a member of. */
  readonly groups: readonly string[];
}

/** A message that is on its way to mailboxes. */
export interface SendingRow {
  readonly id: string;
  /** null = a caller. */
  readonly sender: string | null;
  readonly recipients: number;
  readonly delivered: number;
  readonly durationMs: number;
  /** 0 = at once. */
  readonly atMs: number;
}

/** Owners of mailboxes: what they have, and what they send. */
export interface OwnersConsole {
  owner(mailbox: string): OwnerFacts;
  sending(): readonly SendingRow[];
  /** Removes messages, greetings and the name for good. Errors: HalError; what is gone by then stays gone. */
  clear(mailbox: string): Promise<{ readonly messages: number; readonly recordings: number }>;
}
