import type { Clock } from '../../hal/clock.ts';

/** Resolves when `work` is done, or after `ms` with the work still going on; a failure of the work in that time is passed on. */
export function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.after('lifecycle', ms, resolve);
    const end = (): void => {
      timer.cancel();
      resolve();
    };
    work.then(end, (error) => {
      timer.cancel();
      reject(error);
    });
  });
}
