import { dayThenTime, todayThenTime, withinRange } from '../common-rules.ts';
import type { NamedMoment } from '../common-rules.ts';
import type { LocalTime } from '../local-time.ts';
import type { PromptId } from '../prompt-id.ts';
import { monthId, numberId, ordinalId, weekdayId } from '../prompt-id.ts';

/** 0 to 9,999: 'one thousand two hundred thirty four'. */
export const number = withinRange((n) => {
  if (n < 100) return belowHundred(n);
  if (n < 1000) return [...belowHundred(Math.floor(n / 100)), 'number.hundred', ...unlessZero(n % 100)];
  return [...belowHundred(Math.floor(n / 1000)), 'number.thousand', ...unlessZero(n % 1000)];
});

/** 'today at three oh five p m', 'on the fifth of March twenty twenty four at ...'. */
export const dateTime = dayThenTime(dayPart, timeOfDay);

/** 'today is Thursday the fifth of March twenty twenty six, the time is three oh five p m'. */
export const clock = todayThenTime((at) => [...dateOf(at), ...yearNumber(at.year)], timeOfDay);

/** 12-hour clock: 'twelve a m' is midnight; minutes below ten take an 'oh', the full hour has none. */
function timeOfDay(hour: number, minute: number): PromptId[] {
  const half: PromptId = hour < 12 ? 'time.am' : 'time.pm';
  return [numberId(((hour + 11) % 12) + 1), ...minutePart(minute), half];
}

/** 'nineteen ninety nine', 'two thousand five', 'twenty twenty six', 'nineteen oh five', 'nineteen hundred'. */
export function yearNumber(year: number): PromptId[] {
  if (year < 1100 || year > 9999 || year % 1000 < 10) return number(year);
  const rest = year % 100;
  const century = belowHundred(Math.floor(year / 100));
  if (rest === 0) return [...century, 'number.hundred'];
  return rest < 10 ? [...century, 'time.oh', numberId(rest)] : [...century, ...belowHundred(rest)];
}

function belowHundred(n: number): PromptId[] {
  const ones = n % 10;
  return n < 20 || ones === 0 ? [numberId(n)] : [numberId(n - ones), numberId(ones)];
}

const unlessZero = (n: number): PromptId[] => (n === 0 ? [] : number(n));

function minutePart(minute: number): PromptId[] {
  if (minute === 0) return [];
  return minute < 10 ? ['time.oh', numberId(minute)] : belowHundred(minute);
}

function dayPart({ day, at }: NamedMoment): PromptId[] {
  if (day === 'today') return ['date.today'];
  if (day === 'yesterday') return ['date.yesterday'];
  if (day === 'weekday') return [weekdayId(at.weekday)];
  const date: PromptId[] = ['date.on', ...dateOf(at)];
  return day === 'date' ? date : [...date, ...yearNumber(at.year)];
}

const dateOf = (at: LocalTime): PromptId[] => [...ordinal(at.day), 'date.of', monthId(at.month)];

function ordinal(day: number): PromptId[] {
  const ones = day % 10;
  return day <= 20 || ones === 0 ? [ordinalId(day)] : [numberId(day - ones), ordinalId(ones)];
}
