import type { MenuPromptId } from './menu-prompt-id.ts';

/**
 * The names of everything that can be spoken. Flows say phrases; the rules of a language compose numbers, dates and counts
 * from parts. A catalogue gives each id its text; the voicing step makes audio of every text.
 */

/** A finished piece of speech that a flow says as it is. */
export type PhraseId =
  | 'greeting.mailbox'
  | 'greeting.unavailable'
  | 'greeting.busy'
  | 'greeting.no-answer'
  | 'greeting.out-of-hours'
  | 'greeting.leave-message'
  | 'leave.sent'
  | 'leave.too-short'
  | 'leave.full'
  | 'leave.maximum'
  | 'leave.no-mailbox'
  | 'leave.store-failed'
  | 'leave.saved-so-far'
  | 'goodbye'
  | 'try-later'
  | 'still-there'
  | 'collect.welcome'
  | 'collect.enter-mailbox'
  | 'collect.enter-own'
  | 'collect.enter-pin'
  | 'collect.wrong'
  | 'collect.locked'
  | 'collect.no-pin'
  | 'collect.you-have'
  | 'collect.and'
  | 'collect.no-messages'
  | 'collect.message'
  | 'collect.from'
  | 'collect.from-unknown'
  | 'collect.received'
  | 'collect.interrupted'
  | 'collect.deleted'
  | 'collect.saved'
  | 'collect.end'
  | 'collect.no-more'
  | 'collect.damaged'
  | 'collect.main-help'
  | 'collect.more-help'
  | 'collect.message-help'
  | 'collect.invalid'
  | 'menu.greeting-help'
  | 'menu.greeting-record'
  | 'menu.greeting-saved'
  | 'menu.greeting-none'
  | 'menu.greeting-removed'
  | 'menu.nothing-recorded'
  | 'pin.change-enter'
  | 'pin.change-again'
  | 'pin.changed'
  | 'pin.too-simple'
  | 'pin.mismatch'
  | 'review.help'
  | 'review.record'
  | 'review.decide'
  | 'review.saved'
  | 'campaign.answers'
  | 'campaign.none'
  | 'campaign.end'
  | 'campaign.deleted'
  | 'campaign.saved'
  | 'campaign.help'
  | 'config.help'
  | 'config.email-help'
  | 'notice.this-is'
  | 'notice.mailbox'
  | 'notice.there-are'
  | 'notice.log-in'
  | 'notice.stop'
  | 'notice.stopped'
  | 'alarm.this-is'
  | 'alarm.hang-up'
  | 'alarm.to-end'
  | 'alarm.cancelled'
  | 'clock.time-is'
  | 'clock.today-is'
  | 'clock.the'
  | 'transfer.unavailable'
  | 'whisper.call'
  | 'whisper.choose'
  | 'call-list.enter'
  | 'call-list.wrong'
  | 'names.spell'
  | 'names.none'
  | 'names.many'
  | 'names.for'
  | 'names.press'
  | 'park.page'
  | 'queue.hold'
  | 'queue.still'
  | 'queue.position'
  | 'queue.next'
  | 'queue.eta'
  | 'queue.closed';

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
type Tens = Exclude<Digit, '0' | '1'>;
/** '0' to '20', '30', '40' ... '90'. */
type RootNumber = Digit | `1${Digit}` | `${Tens}0`;
/** '21' to '29', '31' to '39' ... '99'. */
type CompoundNumber = `${Tens}${Exclude<Digit, '0'>}`;

export type MessageKind = 'new' | 'old' | 'saved';

/** Building parts that every language has. */
export type PartId =
  | `number.${RootNumber}`
  | 'number.hundred'
  | 'number.thousand'
  | 'digit.star'
  | 'digit.hash'
  | 'digit.plus'
  | `collect.${MessageKind}-${'none' | 'one' | 'many'}`
  | 'duration.minute-one'
  | 'duration.minute-many'
  | 'duration.second-one'
  | 'duration.second-many'
  | 'date.today'
  | 'date.yesterday'
  | 'date.on'
  | 'date.at'
  /** ISO 8601: 1 = Monday. */
  | `weekday.${'1' | '2' | '3' | '4' | '5' | '6' | '7'}`
  | `month.${Exclude<Digit, '0'> | '10' | '11' | '12'}`
  /** Day of the month as dates need it: '1' to '20' and '30'. */
  | `ordinal.${Exclude<Digit, '0'> | `1${Digit}` | '20' | '30'}`;

/** Parts that the rules of some languages need and others do without. */
export type LocalPartId =
  /** For languages that do not put tens and ones side by side. */
  | `number.${CompoundNumber}`
  | `ordinal.${`2${Exclude<Digit, '0'>}` | '31'}`
  /** The word for 1 before a noun, where it differs from counting. */
  | 'number.one-before-noun'
  | 'date.of'
  | 'time.am'
  | 'time.pm'
  /** The zero of 'three oh five'. */
  | 'time.oh'
  /** What follows the hour on a 24-hour clock. */
  | 'time.hour';

export type PromptId = PhraseId | MenuPromptId | PartId | LocalPartId;

/** The texts of one language. A language that lacks a phrase or a common part does not compile. */
export type Catalogue = Readonly<Record<PhraseId | MenuPromptId | PartId, string>> & Readonly<Partial<Record<LocalPartId, string>>>;

// The numbers in an id are computed, and the type checker cannot follow that: the functions below are the only places
// that build ids, each for a stated range, and the tests visit every value.

/** 0 to 99, whole numbers only. */
export const numberId = (n: number): PromptId => `number.${n}` as PromptId;
/** 1 to 31. */
export const ordinalId = (day: number): PromptId => `ordinal.${day}` as PromptId;
/** 1 = Monday to 7 = Sunday. */
export const weekdayId = (weekday: number): PromptId => `weekday.${weekday}` as PromptId;
/** 1 = January to 12 = December. */
export const monthId = (month: number): PromptId => `month.${month}` as PromptId;
