/** What a mailbox may do and holds, beside its number, name, language and lamp. */
export interface MailboxUseSettings {
  /** Numbers of the mailboxes whose owners share this one: a group mailbox. */
  readonly members: readonly string[];
  /** The lamps of the members show its messages too. */
  readonly memberLamps: boolean;
  /** Nothing comes in any more; what is there stays. */
  readonly disabled: boolean;
  /** Recorded time that it holds; null = `messages.mailboxMaxSec`. */
  readonly quotaSec: number | null;
  /** Callers may mark what they leave as urgent. */
  readonly urgentByCallers: boolean;
  readonly mayBroadcast: boolean;
  /** Calling numbers beside its own that enter without a PIN, from trusted peers. */
  readonly trusted: readonly string[];
  /** Nobody enters without a PIN. */
  readonly pinAlways: boolean;
}

/** Messages that nobody deletes are deleted after so many hours in their state; 0 = never. Deleted ones have `deletedKeepHours`. */
export interface KeepSettings {
  readonly newKeepHours: number;
  readonly unopenedKeepHours: number;
  readonly oldKeepHours: number;
  readonly savedKeepHours: number;
}

/** In which order the messages of a category are played: first in first out, or last in first out. */
export interface OrderSettings {
  readonly newOrder: PlayOrder;
  readonly oldOrder: PlayOrder;
  readonly savedOrder: PlayOrder;
}

export type PlayOrder = 'fifo' | 'lifo';
