import type { Desk } from './collect-context.ts';

const mostDays = 365;

/** Wall time so many days from now; null = no number, or none of any day: for ever. */
export function daysAhead({ context }: Desk, digits: string): number | null {
  const days = Math.min(mostDays, Number(digits));
  return days === 0 || context.calendar === undefined ? null : context.calendar.now() + days * 86_400_000;
}
