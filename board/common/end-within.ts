import { exitNow } from '../../hal/drivers/linux/exit-now.ts';
import { flushLog } from './standard-error-log.ts';

/** The process ends with this code: by itself, or after `ms` whatever still hangs, a thread or a disk. */
export function endWithin(ms: number, code: number): void {
  process.exitCode = code;
  setTimeout(() => {
    flushLog();
    void exitNow(code);
  }, ms).unref();
}
