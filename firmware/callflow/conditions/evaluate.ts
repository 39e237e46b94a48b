import type { LocalTime } from '../language/local-time.ts';
import { localTime } from '../language/local-time.ts';
import { compareValues } from './compare-values.ts';
import type { Hours, Test, Week } from './condition.ts';
import { mostChained, weekdays } from './condition.ts';

/** What a condition is asked against. */
export interface Moment {
  readonly nowMs: number;
  /** IANA name. */
  readonly timeZone: string;
  /** Fills variables in. */
  expand(text: string): string;
  /** Of a named condition; undefined = there is none of that name, and it does not hold. */
  find(name: string): Test | undefined;
}

/** Whether the test holds. Total: conditions that lead in a circle, or further than `mostChained`, do not hold. */
export const evaluate = (test: Test, moment: Moment): boolean => holds(test, { ...moment, now: localTime(moment.nowMs, moment.timeZone) }, 0);

interface Looked extends Moment {
  readonly now: LocalTime;
}

function holds(test: Test, at: Looked, chained: number): boolean {
  if ('and' in test) return test.and.every((one) => holds(one, at, chained));
  if ('or' in test) return test.or.some((one) => holds(one, at, chained));
  if ('not' in test) return !holds(test.not, at, chained);
  if ('calendar' in test) return test.calendar.includes(dayText(at.now));
  if ('week' in test) return inWeek(test.week, at.now);
  if ('compare' in test) return compareValues(at.expand(test.compare.a), test.compare.is, at.expand(test.compare.b));
  const other = chained < mostChained ? at.find(test.condition) : undefined;
  return other !== undefined && holds(other, at, chained + 1);
}

const two = (n: number): string => String(n).padStart(2, '0');
export const dayText = ({ year, month, day }: LocalTime): string => `${year}-${two(month)}-${two(day)}`;

/** Hours of the clock on the wall: an hour that comes twice is inside both times, and one that is missing is over at once. */
function inWeek(week: Week, { weekday, hour, minute }: LocalTime): boolean {
  const nowMin = hour * 60 + minute;
  const today = hoursOn(week, weekday);
  const yesterday = hoursOn(week, weekday === 1 ? 7 : weekday - 1);
  return (today !== null && nowMin >= today.fromMin && (overMidnight(today) || nowMin < today.toMin)) || (yesterday !== null && overMidnight(yesterday) && nowMin < yesterday.toMin);
}

interface Minutes {
  readonly fromMin: number;
  readonly toMin: number;
}

const overMidnight = ({ fromMin, toMin }: Minutes): boolean => toMin <= fromMin;

function hoursOn(week: Week, weekday: number): Minutes | null {
  const hours = week[weekdays[weekday - 1] as (typeof weekdays)[number]];
  return hours === undefined ? null : { fromMin: minutesOf(hours.from), toMin: minutesOf(hours.to) };
}

/** Of a time HH:MM, '24:00' among them. */
export function minutesOf(time: Hours['from']): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}
