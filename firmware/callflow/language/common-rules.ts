import type { Language } from './language.ts';
import type { LocalTime } from './local-time.ts';
import { daysBetween, localTime } from './local-time.ts';
import type { MessageKind, PromptId } from './prompt-id.ts';
import { numberId, weekdayId } from './prompt-id.ts';

/** What languages do alike. Each language's `rules.ts` says the rest. */

type NumberRule = (n: number) => PromptId[];

const maxSpokenNumber = 9999;

const signs: Readonly<Record<string, PromptId>> = { '*': 'digit.star', '#': 'digit.hash', '+': 'digit.plus' };

export function digitByDigit(text: string): PromptId[] {
  return [...text].flatMap((character) => {
    if (character >= '0' && character <= '9') return [numberId(Number(character))];
    const sign = signs[character];
    return sign === undefined ? [] : [sign];
  });
}

/** Guards a rule for whole numbers 0 to 9,999 against everything else. */
export function withinRange(rule: NumberRule): NumberRule {
  return (n) => {
    const whole = Math.max(0, Math.round(n));
    return whole <= maxSpokenNumber ? rule(whole) : digitByDigit(String(whole));
  };
}

/** What a language with one plural and digits said one by one has to add of its own. */
export type OwnRules = Pick<Language, 'code' | 'name' | 'catalogue' | 'number' | 'dateTime' | 'clock'>;

export const regularLanguage = (own: OwnRules): Language => ({
  ...own,
  digits: digitByDigit,
  messageCount: (kind, n) => countMessages(own.number, kind, n),
  duration: (ms) => minutesAndSeconds(own.number, ms),
});

/** For languages that say day, 'at' and time in this order. */
export function dayThenTime(dayPart: (moment: NamedMoment) => PromptId[], timeOfDay: (hour: number, minute: number) => PromptId[]): Language['dateTime'] {
  return (wallMs, timeZone, nowMs) => {
    const moment = nameMoment(wallMs, timeZone, nowMs);
    return [...dayPart(moment), 'date.at', ...timeOfDay(moment.at.hour, moment.at.minute)];
  };
}

/** For languages that say 'today is', the weekday, an article and the date, then 'the time is' and the time. */
export function todayThenTime(date: (at: LocalTime) => PromptId[], timeOfDay: (hour: number, minute: number) => PromptId[]): Language['clock'] {
  return (wallMs, timeZone, withDate) => {
    const at = localTime(wallMs, timeZone);
    const day: PromptId[] = withDate ? ['clock.today-is', weekdayId(at.weekday), 'clock.the', ...date(at)] : [];
    return [...day, 'clock.time-is', ...timeOfDay(at.hour, at.minute)];
  };
}

/** The one is said with its number as a whole. */
function countMessages(number: NumberRule, kind: MessageKind, n: number): PromptId[] {
  if (n === 0) return [`collect.${kind}-none`];
  if (n === 1) return [`collect.${kind}-one`];
  return [...number(n), `collect.${kind}-many`];
}

function minutesAndSeconds(number: NumberRule, ms: number): PromptId[] {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const spoken = minutes === 0 ? [] : amount(number, minutes, 'minute');
  const rest = seconds % 60;
  return rest === 0 && minutes > 0 ? spoken : [...spoken, ...amount(number, rest, 'second')];
}

const amount = (number: NumberRule, n: number, unit: 'minute' | 'second'): PromptId[] =>
  n === 1 ? [`duration.${unit}-one`] : [...number(n), `duration.${unit}-many`];

/** How a past moment is best named from here. A moment that lies ahead (the clock was put back) is named by its date. */
export type NamedDay = 'today' | 'yesterday' | 'weekday' | 'date' | 'date-with-year';

export interface NamedMoment {
  readonly day: NamedDay;
  readonly at: LocalTime;
}

function nameMoment(wallMs: number, timeZone: string, nowMs: number): NamedMoment {
  const at = localTime(wallMs, timeZone);
  const now = localTime(nowMs, timeZone);
  return { day: nameDay(at, now), at };
}

function nameDay(at: LocalTime, now: LocalTime): NamedDay {
  const daysAgo = daysBetween(at, now);
  if (daysAgo === 0) return 'today';
  if (daysAgo === 1) return 'yesterday';
  if (daysAgo > 1 && daysAgo < 7) return 'weekday';
  return at.year === now.year ? 'date' : 'date-with-year';
}
