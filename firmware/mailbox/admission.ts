import type { Settings } from '../config/settings.ts';
import type { Admission, MailboxLimits } from './message.ts';
import type { MailboxOptions } from './owner-choices.ts';
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
  readonly limits: MailboxLimits;
  readonly options: Pick<MailboxOptions, 'takesCalls' | 'loopGreeting'>;
  /** Its standard greeting is recorded: without it there is nothing to repeat. */
  readonly isGreeted: boolean;
}

/** Of the disk, for messages: nothing else may take it. */
export const keptBackBytes = ({ reserveMiB }: Pick<Settings['messages'], 'reserveMiB'>): number => reserveMiB * 1024 * 1024;

/** What a message sets aside on the disk when it begins: the longest that is allowed, so that it can always be finished. */
export const allowanceBytes = (messages: Settings['messages']): number => reserveBytes(messages.maxSec * 1000 * bytesPerMs);

/** Whether a new message may begin. Running recordings need no share of their own: their space is taken already. */
export function admit(messages: Settings['messages'], facts: AdmissionFacts): Admission {
  if (!facts.known) return 'no-such-mailbox';
  if (facts.storeFailed) return 'store-failed';
  if (facts.limits.disabled || !facts.options.takesCalls) return 'closed';
  if (facts.options.loopGreeting && facts.isGreeted) return 'announcement';
  if (isFull(messages, facts)) return 'mailbox-full';
  const needed = keptBackBytes(messages) + allowanceBytes(messages);
  return facts.freeBytes < needed ? 'store-full' : 'ok';
}

/** Whether the mailbox holds all that it may. */
export function isFull({ mailboxMaxMessages, mailboxMaxSec }: Settings['messages'], { counts, running, indexIsFull, limits }: Pick<AdmissionFacts, 'counts' | 'running' | 'indexIsFull' | 'limits'>): boolean {
  const held = counts.new + counts.old + counts.saved + running;
  return held >= mailboxMaxMessages || counts.usedMs >= (limits.quotaSec ?? mailboxMaxSec) * 1000 || indexIsFull;
}
