import type { NamedMoment } from '../common-rules.ts';
import { dayThenTime, todayThenTime, withinRange } from '../common-rules.ts';
import type { PromptId } from '../prompt-id.ts';
import { monthId, numberId, ordinalId, weekdayId } from '../prompt-id.ts';

/** 0 to 9,999. Below a hundred each number is one word ('einundzwanzig'); one hundred and one thousand go without 'ein'. */
export const number = withinRange((n) => {
  if (n < 100) return [numberId(n)];
  if (n < 1000) return [...multiplier(Math.floor(n / 100)), 'number.hundred', ...unlessZero(n % 100)];
  return [...multiplier(Math.floor(n / 1000)), 'number.thousand', ...unlessZero(n % 1000)];
});

/** 'heute um fünfzehn Uhr fünf', 'am fünften März zweitausendvierundzwanzig um ...'. */
export const dateTime = dayThenTime(dayPart, timeOfDay);

/** 'wir haben heute Donnerstag, den fünften März zweitausendsechsundzwanzig, es ist fünfzehn Uhr fünf'. */
export const clock = todayThenTime((at) => [ordinalId(at.day), monthId(at.month), ...yearNumber(at.year)], timeOfDay);

/** 24-hour clock: 'ein Uhr', 'dreizehn Uhr eins'. */
function timeOfDay(hour: number, minute: number): PromptId[] {
  return [hour === 1 ? 'number.one-before-noun' : numberId(hour), 'time.hour', ...unlessZero(minute)];
}

/** 'neunzehnhundertneunundneunzig', 'zweitausendsechsundzwanzig'. */
export function yearNumber(year: number): PromptId[] {
  if (year < 1100 || year > 1999) return number(year);
  return [numberId(Math.floor(year / 100)), 'number.hundred', ...unlessZero(year % 100)];
}

const multiplier = (n: number): PromptId[] => (n === 1 ? [] : [numberId(n)]);

const unlessZero = (n: number): PromptId[] => (n === 0 ? [] : number(n));

function dayPart({ day, at }: NamedMoment): PromptId[] {
  if (day === 'today') return ['date.today'];
  if (day === 'yesterday') return ['date.yesterday'];
  if (day === 'weekday') return ['date.on', weekdayId(at.weekday)];
  const date: PromptId[] = ['date.on', ordinalId(at.day), monthId(at.month)];
  return day === 'date' ? date : [...date, ...yearNumber(at.year)];
}
