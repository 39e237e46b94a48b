import type { WallMs } from '../../hal/clock.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { DiversionReason } from '../sip/leg.ts';
import type { GreetingKind } from './owner-choices.ts';

/** new: never heard. unopened: its header was heard, its body not. old: heard. saved: kept by the owner. deleted: in the trash until housekeeping. */
export type MessageState = 'new' | 'unopened' | 'old' | 'saved' | 'deleted';

/** What lights the lamp. */
export const isNew = (state: MessageState): boolean => state === 'new' || state === 'unopened';

/** message: left by a caller, or recorded for the mailbox. undelivered: comes back to its sender. */
export type MessageKind = 'message' | 'forwarded' | 'reply' | 'broadcast' | 'undelivered';

/** What only some messages have; left out where they have not. */
export interface MessageMarks {
  readonly priority?: true;
  /** Must not be forwarded. */
  readonly private?: true;
  /** Left out: 'message'. */
  readonly sentAs?: Exclude<MessageKind, 'message'>;
  /** Mailbox that sent it; left out: a caller. */
  readonly sender?: string;
  /** So much of its beginning is what the one who forwarded it said, milliseconds. */
  readonly introductionMs?: number;
  /** Of an undelivered one: who did not get it, 20 at most. */
  readonly notFor?: readonly string[];
}

/** Those that a caller can still choose when it has been spoken. */
export type ChosenMarks = Pick<MessageMarks, 'priority' | 'private'>;

/** What is known when a message begins; written in the first frame of its file. */
export interface MessageFacts extends MessageMarks {
  readonly mailbox: string;
  readonly callerNumber: string;
  readonly callerName: string;
  readonly startedMs: WallMs;
  readonly reason: DiversionReason;
  readonly codec: CodecName;
  /** The unit that this one stood in for when the message began: the message is to go home to it. */
  readonly takenFor?: string;
}

export interface Message extends MessageFacts {
  /** UUIDv7, lower case: time-ordered, never reused, never renumbered. */
  readonly id: string;
  readonly durationMs: number;
  readonly bytes: number;
  readonly state: MessageState;
  /** Cut off by a power cut or crash, delivered by start-up salvage. */
  readonly interrupted: boolean;
  readonly lostPackets: number;
}

/** What kind of file a framed log is: a message, what is to become one, or a mailbox owner's greeting or name. */
export type RecordingKind = 'message' | 'draft' | GreetingKind;

/** announcement: callers hear the greeting, again and again, and leave nothing. closed: the mailbox takes no messages of callers. */
export type Admission = 'ok' | 'announcement' | 'closed' | 'no-such-mailbox' | 'mailbox-full' | 'store-full' | 'store-failed';

/** What the configuration says of one mailbox. */
export interface MailboxLimits {
  /** Nothing comes in, of whomever. */
  readonly disabled: boolean;
  /** Seconds; null = `messages.mailboxMaxSec`. */
  readonly quotaSec: number | null;
}
