import type { WallMs } from '../../../hal/clock.ts';
import type { FirstLogIn, MenuMode } from '../../config/telephone-settings.ts';
import type { MailboxOptions } from '../../mailbox/owner-choices.ts';

/** What the menus know of the unit's mailboxes, as they were when the call began. */
export interface MailboxBook {
  mode(mailbox: string): MenuMode;
  has(mailbox: string): boolean;
  /** It is a group's: its greetings are for callers who wait, too. */
  isGroup(mailbox: string): boolean;
  /** Whose names begin with the letters on these keys (2 to 9), last name or first, by number; at most nine. */
  named(keys: string): readonly string[];
}

/** The unit's clock, in its time zone. */
export interface Calendar {
  now(): WallMs;
  /** The next time that this is the date and the time of day; null = there is no such day. */
  next(month: number, day: number, hour: number, minute: number): WallMs | null;
}

/** What the start point Collect needs to know of the call. */
export interface CollectContext {
  /** The caller's own mailbox (its number is one), offered as a short cut; null otherwise. */
  readonly ownMailbox: string | null;
  /** The owner logged in from the greeting of this mailbox: only the PIN is asked for. */
  readonly knownMailbox: string | null;
  readonly triesPerCall: number;
  readonly maxGreetingMs: number;
  /** This caller may be let into this mailbox without a PIN; left out: into none. */
  readonly trusts?: (mailbox: string) => boolean;
  /** The longest message that an owner can record; left out: two minutes. */
  readonly maxMessageMs?: number;
  /** Left out: every mailbox has the menu of IP Office mode, and any number may be one. */
  readonly book?: MailboxBook;
  /** What is asked of owners who have never recorded a name, or whose PIN was given to them; left out: nothing. */
  readonly firstLogIn?: FirstLogIn;
  /** For messages that are delivered later, and greetings that end; left out: there are none. */
  readonly calendar?: Calendar;
}

/** An owner who is logged in, and what they have chosen. */
export interface Session {
  readonly owner: string;
  readonly options: MailboxOptions;
}

/** The call, and whose menu it is in. */
export interface Desk extends Session {
  readonly context: CollectContext;
  readonly mode: MenuMode;
}

export const deskOf = (context: CollectContext, session: Session): Desk => ({ ...session, context, mode: context.book?.mode(session.owner) ?? 'ip-office' });
