import type { OutgoingSettings } from '../config/notify-settings.ts';
import type { Settings } from '../config/settings.ts';
import { matchesNumber } from './number-pattern.ts';

/**
 * Whom the unit may call by itself. A pattern is matched from the first digit to the last: X is any digit, a dot at its end one sign or more,
 * all else itself; '!' before it forbids, whatever else allows. Without patterns only numbers of this unit's own mailboxes may be called,
 * and emergency numbers never are.
 */
export type OutgoingRule = 'extension' | 'outside' | 'forbidden';

/** What a dot at the end of a pattern of `outgoing.allow` stands for. */
const oneOrMore = 1;

/** What can be dialled at all: no user part that a PBX could take for something else. */
export const dialable = /^[0-9*#+]{1,32}$/;

/** What a PBX may want before a number outside, beside the prefixes of the unit's own trunks. */
const usualPrefixes = ['0', '9', '+'];

/**
 * Whether a call to this number may reach those who help: it is one of `numbers.emergency`, or one behind a prefix, and no number of the house.
 * The unit never calls them by itself, and sends nobody to them.
 */
export function isEmergencyNumber({ numbers, lines }: Pick<Settings, 'numbers' | 'lines'>, number: string, isOwn: boolean): boolean {
  const keyed = number.replace(/#+$/, ''); // ends a number on many telephones
  if (numbers.emergency.includes(keyed)) return true;
  const prefixes = [...usualPrefixes, ...lines.flatMap(({ prefix }) => (prefix === null ? [] : [prefix]))];
  return !isOwn && prefixes.some((prefix) => keyed.startsWith(prefix) && numbers.emergency.includes(keyed.slice(prefix.length)));
}

type Known = Pick<Settings, 'mailboxes' | 'numbers' | 'lines'> & { readonly outgoing: Pick<OutgoingSettings, 'allow'> };

/** extension: a mailbox of this unit has the number, so it costs nothing and needs no budget. */
export function outgoingRule(settings: Known, number: string): OutgoingRule {
  const { outgoing, mailboxes } = settings;
  const isOwn = mailboxes.some((mailbox) => mailbox.number === number);
  if (!dialable.test(number) || isEmergencyNumber(settings, number, isOwn)) return 'forbidden';
  if (isOwn) return 'extension';
  return allowedBy(outgoing.allow, number) ? 'outside' : 'forbidden';
}

export function allowedBy(patterns: readonly string[], number: string): boolean {
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesNumber(pattern.slice(1), number, oneOrMore))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matchesNumber(pattern, number, oneOrMore));
}

/** Calls to numbers outside in one day of the unit's time zone. */
export interface OutgoingSpent {
  /** 'YYYY-MM-DD'. */
  readonly day: string;
  readonly all: number;
  readonly byMailbox: Readonly<Record<string, number>>;
}

export const nothingSpent: OutgoingSpent = { day: '', all: 0, byMailbox: {} };

/** A clock that was set back by less than this does not give the day's calls anew. */
const trustedStepDays = 2;
/** Whose calls are counted apart. More mailboxes than a unit has are not needed. */
const mostMailboxes = 2000;

/** What is spent as of `today`; another day begins with nothing. */
export function spentOn(spent: OutgoingSpent, today: string): OutgoingSpent {
  if (spent.day === today) return spent;
  const behindDays = (Date.parse(spent.day) - Date.parse(today)) / 86_400_000;
  return behindDays > 0 && behindDays < trustedStepDays ? spent : { ...nothingSpent, day: today };
}

type Budget = Pick<OutgoingSettings, 'mostPerDay' | 'mostPerMailboxPerDay'>;

/** With one call more, for whom; null = that is too many. `mailbox`: null = nobody's. */
export function spendCall(spent: OutgoingSpent, budget: Budget, today: string, mailbox: string | null): OutgoingSpent | null {
  const now = spentOn(spent, today);
  const whose = mailbox ?? '';
  const own = now.byMailbox[whose] ?? 0;
  if (now.all >= budget.mostPerDay || own >= budget.mostPerMailboxPerDay) return null;
  if (own === 0 && Object.keys(now.byMailbox).length > mostMailboxes) return null;
  return { ...now, all: now.all + 1, byMailbox: { ...now.byMailbox, [whose]: own + 1 } };
}
