import type { CodecName } from '../media/media-protocol.ts';
import type { MailboxFigures } from './mailbox-figures.ts';
import type { Admission, ChosenMarks, Message, MessageFacts, MessageState } from './message.ts';

/** What start-up found and did; for the log and `show storage`. */
export interface OpenReport {
  readonly messages: number;
  /** Ids delivered from logs without a trailer. */
  readonly salvaged: readonly string[];
  /** Files that could not be read as messages: set aside in `damaged/`, never deleted. */
  readonly damaged: readonly { readonly file: string; readonly why: string }[];
  /** Mailboxes whose index was rebuilt from the files. */
  readonly rebuilt: readonly string[];
}

export interface MailboxCounts {
  /** Unopened ones too. */
  readonly new: number;
  readonly old: number;
  readonly saved: number;
  readonly deleted: number;
  readonly usedMs: number;
  /** Those of the new ones whose header was heard; left out: none. */
  readonly unopened?: number;
  /** Of the new ones, and of old and saved ones, those with priority; left out: none. */
  readonly urgentNew?: number;
  readonly urgentOld?: number;
}

/** One recording in progress. `append` never waits and never throws; failure shows in `failed` and in `finish`. */
export interface MessageWriter {
  readonly id: string;
  /** Takes ownership of `bytes`. Written and synced in order in the background; at most 16 chunks wait, beyond that false. */
  append(bytes: Uint8Array, lostPackets: number): boolean;
  /** The store refused a write or sync (and a rewrite elsewhere failed too); the recording should end. */
  readonly failed: boolean;
  /** Trailer, sync, rename, folder sync, index. Resolves when the message is acknowledged; its audio may be cut down to `keepMs` (drop of trailing digits). */
  finish(reason: string, keepMs?: number, marks?: ChosenMarks): Promise<Message>;
  /** As `finish`, of a recording that did not come to its end here: delivered as interrupted. */
  cutOff(reason: string): Promise<Message>;
  /** Removes it (too short). */
  abandon(): Promise<void>;
}

export interface MessageReader {
  readonly codec: CodecName;
  /** Audio bytes in all. */
  readonly bytes: number;
  /** Up to `length` bytes of audio from `offset`; empty at the end or when the rest is damaged (then `damaged` turns true). `into`: memory for them, if it is of that length. */
  read(offset: number, length: number, into?: Uint8Array | null): Promise<Uint8Array>;
  readonly damaged: boolean;
  close(): Promise<void>;
}

export interface MessageStore {
  /** Once, before anything else: salvage, damage report, index check. */
  open(): Promise<OpenReport>;
  /** Whether a new message may begin: called before the beep. */
  admission(mailbox: string): Promise<Admission>;
  /** Resolves when the first frame (owner, caller, start) is durable. Errors: HalError no-space, read-only, io. */
  begin(facts: MessageFacts): Promise<MessageWriter>;
  /** In order of id (oldest first), without deleted ones unless asked for. Errors: HalError. */
  messages(mailbox: string, withDeleted?: boolean): Promise<readonly Message[]>;
  /** Known at once, whether the mailbox is in memory or not. */
  counts(mailbox: string): MailboxCounts;
  figures(mailbox: string): MailboxFigures;
  /** Resolves when durable. Marking what is gone does nothing. */
  mark(mailbox: string, id: string, state: MessageState): Promise<void>;
  /** Removes for good: file first, then index. */
  purge(mailbox: string, id: string): Promise<void>;
  /** Errors: HalError not-found, io. A file with a bad frame opens and reads up to the damage. */
  reader(mailbox: string, id: string): Promise<MessageReader>;
  /** Called after each durable change of counts. */
  changed: ((mailbox: string) => void) | null;
  /** Its owner's call is over: deleted messages that are not kept go now. Never throws. */
  leave(mailbox: string): void;
  /** Purges deleted messages older than the configured age, and, where `ages`, deletes those that have been in another state for too long. */
  housekeep(ages?: boolean): Promise<number>;
  /** Waits until everything queued is durable. */
  close(): Promise<void>;
}
