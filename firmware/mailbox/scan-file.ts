import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import type { LogScan } from './log-cursor.ts';
import { scanLog } from './log-cursor.ts';
import { readTwice } from './read-twice.ts';

/** What is not whole, or no log at all, is read twice. `fromMedium`: not what the machine still holds of it in memory. Errors: HalError; io when the medium fails. */
export async function scanFile(storage: Storage, path: string, fromMedium = false): Promise<LogScan | string> {
  const first = await readTwice(() => scanOnce(storage, path, fromMedium));
  if (typeof first !== 'string' && first.fault === null) return first;
  const second = await readTwice(() => scanOnce(storage, path, fromMedium));
  return goodBytes(second) >= goodBytes(first) ? second : first;
}

const goodBytes = (scan: LogScan | string): number => (typeof scan === 'string' ? -1 : scan.trailer === null ? scan.end.position : Infinity);

async function scanOnce(storage: Storage, path: string, fromMedium: boolean): Promise<LogScan | string> {
  const file = await storage.open(path, 'read');
  try {
    if (fromMedium) await file.forget();
    return await scanLog(file);
  } finally {
    // Nobody else will want it soon: its room is better given to what calls need.
    if (fromMedium) await file.forget();
    await file.close();
  }
}

/** For scans whose caller tells a failed medium from damage. */
export function ifMediumFailed(error: unknown): HalError {
  if (error instanceof HalError && error.id === 'io') return error;
  throw error;
}
