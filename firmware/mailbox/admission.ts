import type { Settings } from '../config/settings.ts';
import type { Admission } from './message.ts';
import type { MailboxCounts } from './message-store.ts';
import { reserveBytes } from './log-writer.ts';
import { bytesPerMs } from './recording.ts';

/** What the answer depends on. */
export interface AdmissionFacts {
  readonly known: boolean;
  readonly storeFailed: boolean;
  readonly counts: MailboxCounts;
  readonly indexIsFull: boolean;
  /** Recordings in progress for the same mailbox. */
  readonly running: number;
  readonly freeBytes: number;
}

/** What a message sets aside on the disk when it begins: the longest that is allowed, so that it can always be finished. */
export const allowanceBytes = (messages: Settings['messages']): number => reserveBytes(messages.maxSec * 1000 * bytesPerMs);

/** Whether a new message may begin. Running recordings need no share of their own: their space is taken already. */
export function admit(messages: Settings['messages'], facts: AdmissionFacts): Admission {
  const { counts } = facts;
  if (!facts.known) return 'no-such-mailbox';
  if (facts.storeFailed) return 'store-failed';
  const held = counts.new + counts.old + counts.saved + facts.running;
  if (held >= messages.mailboxMaxMessages || counts.usedMs >= messages.mailboxMaxSec * 1000 || facts.indexIsFull) return 'mailbox-full';
  const needed = messages.reserveMiB * 1024 * 1024 + allowanceBytes(messages);
  return facts.freeBytes < needed ? 'store-full' : 'ok';
}
