import type { GreetingKind, MailboxOptions } from '../../mailbox/owner-choices.ts';
import type { ListSummary } from '../../mailbox/lists/distribution-list.ts';
import type { SendFault } from '../../mailbox/sending/send-fault.ts';

/** Who gets a message. */
export type Recipient =
  | { readonly mailbox: string }
  /** A distribution list: one's own, or a public one of somebody else. */
  | { readonly list: { readonly mailbox: string; readonly number: number } }
  /** All members of a group mailbox, each in the own mailbox. */
  | { readonly group: string }
  /** Every mailbox of the unit but the sender's. Only for mailboxes that may broadcast. */
  | { readonly all: true };

/** What is sent: the draft of this call (`open-draft`), or a message, with the draft as its introduction if `introduced`. */
export type SentContent =
  | { readonly draft: true }
  /** What a flow has recorded in this call ($RES), or a message by its id. */
  | { readonly recording: string }
  | { readonly message: { readonly mailbox: string; readonly id: string }; readonly introduced: boolean };

export interface RefusedRecipient {
  readonly mailbox: string;
  readonly fault: SendFault;
}

/** A greeting that is recorded; `use` says for which calls, where the owner has numbered greetings. */
export interface RecordedGreeting {
  readonly kind: GreetingKind;
  readonly durationMs: number;
}

/** What owners do with messages, lists, greetings and options of their mailbox. */
export interface MailboxRequests {
  /**
   * Answered when everything that is needed to deliver it is durable; `accepted` of the recipients get it, `refused` (40 at most are named)
   * do not, and why. Nobody is told twice, also after a power cut. `fault`: it was not sent at all, and to nobody.
   */
  readonly 'send-message': {
    readonly ask: {
      /** Mailbox of the sender; null = a caller without one. */
      readonly from: string | null;
      readonly to: readonly Recipient[];
      readonly content: SentContent;
      readonly as: 'message' | 'reply' | 'forwarded' | 'broadcast';
      readonly priority?: boolean;
      readonly private?: boolean;
      /** Future delivery, wall time. */
      readonly atMs?: number;
    };
    readonly answer: { readonly accepted: number; readonly refused: readonly RefusedRecipient[]; readonly fault: SendFault | null; readonly id: string | null };
  };

  readonly 'read-list': { readonly ask: { readonly mailbox: string; readonly number: number }; readonly answer: { readonly list: ListSummary | null; readonly entries: readonly string[] } };
  /** Makes the list if need be; `add` and `remove` are mailbox numbers; `importFrom`: a public list of somebody else, whose entries are added. */
  readonly 'change-list': {
    readonly ask: {
      readonly mailbox: string;
      readonly number: number;
      readonly public?: boolean;
      readonly add?: readonly string[];
      readonly remove?: readonly string[];
      readonly importFrom?: { readonly mailbox: string; readonly number: number };
    };
    readonly answer: { readonly fault: 'no-such-mailbox' | 'no-such-list' | 'list-full' | 'too-many-lists' | null; readonly list: ListSummary | null };
  };
  readonly 'delete-list': { readonly ask: { readonly mailbox: string; readonly number: number }; readonly answer: { readonly ok: boolean } };

  /** What owners choose for their mailbox; each key that is given is changed. Durable when answered. */
  readonly 'mailbox-options': { readonly ask: { readonly mailbox: string; readonly set?: Partial<MailboxOptions> }; readonly answer: MailboxOptions };
  /** `set.untilMs`: until when the temporary greeting counts (null = until it is removed); `set.use`: the recording for calls of a kind. */
  readonly 'greetings-of': {
    readonly ask: { readonly mailbox: string; readonly set?: GreetingChoice };
    readonly answer: { readonly recorded: readonly RecordedGreeting[]; readonly temporaryUntilMs: number | null; readonly use: Readonly<Partial<Record<GreetingKind, GreetingKind>>> };
  };
  /** Deleted messages that can still be brought back (`mark` them), the last deleted first. */
  readonly 'deleted-messages': { readonly ask: { readonly mailbox: string }; readonly answer: { readonly messages: readonly { readonly id: string; readonly deletedMs: number }[] } };
}

export type GreetingChoice =
  | { readonly untilMs: number | null }
  /** `greeting: null`: back to the recording of that very kind. */
  | { readonly use: { readonly kind: GreetingKind; readonly greeting: GreetingKind | null } };
