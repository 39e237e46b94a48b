import { localTime } from '../callflow/language/local-time.ts';
import type { LocalTime } from '../callflow/language/local-time.ts';
import type { HoursSettings, Weekday } from '../config/notify-settings.ts';
import { weekdays } from '../config/notify-settings.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
export interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** 'HH:MM' as minutes of the day. */
export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/**
 * When the clock on the wall of `timeZone` shows `minutes` of this date. A time that occurs twice (clocks put back) is its first; one that does
 * not occur (put forward) is the first moment after the gap.
 */
export function localMoment(date: LocalDate, minutes: number, timeZone: string): number {
  const wanted = asUtc(date) + minutes * minuteMs;
  const offset = (ms: number): number => showing(localTime(ms, timeZone)) - ms;
  const [before, after] = [offset(wanted - dayMs), offset(wanted + dayMs)];
  const shows = [wanted - before, wanted - after].filter((ms) => ms + offset(ms) === wanted);
  if (shows.length > 0) return Math.min(...shows);
  // The clocks are put forward between the two: the first minute after that.
  let [low, high] = [wanted - after, wanted - before];
  while (high - low > minuteMs) {
    const middle = low + Math.floor((high - low) / 2 / minuteMs) * minuteMs;
    if (offset(middle) === after) high = middle;
    else low = middle;
  }
  return high;
}

const asUtc = ({ year, month, day }: LocalDate): number => Date.UTC(year, month - 1, day);
const showing = (local: LocalTime): number => asUtc(local) + (local.hour * 60 + local.minute) * minuteMs;

export function addDays({ year, month, day }: LocalDate, days: number): LocalDate {
  const moved = new Date(Date.UTC(year, month - 1, day) + days * dayMs);
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() };
}

export const weekdayOf = (weekday: number): Weekday => weekdays[weekday - 1] as Weekday;

/** 'YYYY-MM-DD' */
export const dateText = ({ year, month, day }: LocalDate): string => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/** Whether the moment lies within the hours, as the wall of `timeZone` shows them; null = any time does. */
export function isWithin(hours: HoursSettings | null, ms: number, timeZone: string): boolean {
  if (hours === null) return true;
  const local = localTime(ms, timeZone);
  const minute = local.hour * 60 + local.minute;
  return hours.days.includes(weekdayOf(local.weekday)) && minute >= minutesOf(hours.from) && minute < minutesOf(hours.to);
}
