import type { Clock, WallMs } from '../../hal/clock.ts';
import type { CollectContext, MailboxBook } from '../callflow/collect/collect-context.ts';
import { nextMoment } from '../callflow/language/local-time.ts';
import { namesByKeys } from '../callflow/spelled-names.ts';
import { mailboxOf } from '../config/mailbox-of.ts';
import type { MailboxSettings, Settings } from '../config/settings.ts';
import type { CallSource } from '../mailbox/owner/trusted-source.ts';
import { entersWithoutPin } from '../mailbox/owner/trusted-source.ts';
import type { FlowServices } from './flow-services.ts';

/** The longest greeting, in milliseconds. */
const maxGreetingMs = 120_000;
const mostNamed = 9;

export interface Collecting {
  /** Only the PIN is asked for. */
  readonly knownMailbox: string | null;
  readonly ownMailbox: string | null;
  /** null: the caller is nobody that could be trusted. */
  readonly source: CallSource | null;
}

/** What the start point Collect knows of its call and of the unit's mailboxes. */
export function collectContext({ settings, clock }: Pick<FlowServices, 'settings'> & { readonly clock: Pick<Clock, 'wall'> }, { knownMailbox, ownMailbox, source }: Collecting): CollectContext {
  const { pins, messages, telephone, unit } = settings();
  return {
    knownMailbox,
    ownMailbox,
    triesPerCall: pins.triesPerCall,
    maxGreetingMs,
    maxMessageMs: messages.maxSec * 1000,
    firstLogIn: telephone.firstLogIn,
    book: mailboxBook(settings()),
    ...(source === null ? {} : { trusts: (mailbox: string) => entersWithoutPin(settings(), source, mailbox, []) }),
    calendar: {
      now: () => clock.wall(),
      next: (month, day, hour, minute) => nextMoment(clock.wall(), unit.timeZone, { month, day, hour, minute }) as WallMs | null,
    },
  };
}

export function mailboxBook({ mailboxes, telephone }: Pick<Settings, 'mailboxes' | 'telephone'>): MailboxBook {
  const of = (number: string): MailboxSettings | null => mailboxOf({ mailboxes }, number);
  return {
    mode: (mailbox) => of(mailbox)?.mode ?? telephone.mode,
    has: (mailbox) => of(mailbox) !== null,
    isGroup: (mailbox) => (of(mailbox)?.members.length ?? 0) > 0,
    named: (keys) => namesByKeys(mailboxes, keys).slice(0, mostNamed).map(({ number }) => number),
  };
}
