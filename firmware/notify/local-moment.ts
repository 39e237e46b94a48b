import { localTime } from '../callflow/language/local-time.ts';
import type { HoursSettings, Weekday } from '../config/notify-settings.ts';
import { weekdays } from '../config/notify-settings.ts';

const dayMs = 86_400_000;

export interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** 'HH:MM' as minutes of the day. */
export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

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
