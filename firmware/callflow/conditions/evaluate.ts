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

/** Whether the test holds. Total: one that leads in a circle, or through more conditions than `mostChained`, does not hold, whatever is negated on the way. */
export const evaluate = (test: Test, moment: Moment): boolean => holds(test, { ...moment, now: localTime(moment.nowMs, moment.timeZone) }, 0) === true;

/** null: it leads on without an end, so nothing can be said of it, nor of its opposite. */
type Holds = boolean | null;

interface Looked extends Moment {
  readonly now: LocalTime;
}

function holds(test: Test, at: Looked, chained: number): Holds {
  if ('and' in test) return joined(test.and, at, chained, true);
  if ('or' in test) return joined(test.or, at, chained, false);
  if ('not' in test) return opposite(holds(test.not, at, chained));
  if ('calendar' in test) return test.calendar.includes(dayText(at.now));
  if ('week' in test) return inWeek(test.week, at.now);
  if ('compare' in test) return compareValues(at.expand(test.compare.a), test.compare.is, at.expand(test.compare.b));
  if (chained >= mostChained) return null;
  const other = at.find(test.condition);
  return other === undefined ? false : holds(other, at, chained + 1);
}

/** `as` until one of them, in their order, is otherwise. */
function joined(tests: readonly Test[], at: Looked, chained: number, as: boolean): Holds {
  for (const test of tests) {
    const held = holds(test, at, chained);
    if (held !== as) return held;
  }
  return as;
}

const opposite = (held: Holds): Holds => (held === null ? null : !held);

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
