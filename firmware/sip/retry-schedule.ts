import type { Random } from '../../hal/random.ts';

/** When to try again: a value. The wait doubles from `firstMs` to `mostMs`, each spread by up to a quarter so that units do not beat in step. */
export interface RetrySchedule {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** The wait before try `failures + 1`, after that many failures in a row (1 = the first). */
export function retryAfterMs(schedule: RetrySchedule, failures: number, random: Random): number {
  const full = Math.min(schedule.mostMs, schedule.firstMs * 2 ** Math.min(failures - 1, 20));
  return full * (1 - random.below(250) / 1000);
}
