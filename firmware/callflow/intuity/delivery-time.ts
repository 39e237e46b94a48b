import type { WallMs } from '../../../hal/clock.ts';
import type { Calendar } from '../collect/collect-context.ts';

/** Month and day (MMDD), hour and minute (HHMM, 24 hours) as they were keyed; null = there is no such moment. */
export function deliveryTime(calendar: Calendar | undefined, date: string, time: string): WallMs | null {
  const [, month = '', day = ''] = /^([0-9]{2})([0-9]{2})$/.exec(date) ?? [];
  const [, hour = '', minute = ''] = /^([0-9]{1,2})([0-9]{2})$/.exec(time) ?? [];
  if (calendar === undefined || month === '' || hour === '') return null;
  return calendar.next(Number(month), Number(day), Number(hour), Number(minute));
}
