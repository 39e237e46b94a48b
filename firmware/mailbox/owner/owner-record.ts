import type { WallMs } from '../../../hal/clock.ts';
import type { PinHash } from './pin-hasher.ts';

/** What is kept of a mailbox owner, in the mailbox document. */
export interface OwnerRecord {
  /** null = no PIN: nobody can log in from a telephone. */
  readonly pin: PinHash | null;
  /** Wrong PINs since the last right one or lock, over all calls. */
  readonly wrongTries: number;
  /** 0 = not locked. */
  readonly lockedUntilMs: number;
  /** Locks in a row; each doubles the next one's length. */
  readonly locks: number;
}

export const freshOwner: OwnerRecord = { pin: null, wrongTries: 0, lockedUntilMs: 0, locks: 0 };

export interface LockRules {
  readonly triesBeforeLock: number;
  readonly lockMin: number;
}

const maxLockMs = 24 * 60 * 60 * 1000;

/** Whether the lock stands at `now`. A lock that ends later than any lock could (the clock was set back) counts as ended. */
export const isLocked = (record: OwnerRecord, now: WallMs): boolean =>
  record.lockedUntilMs > now && record.lockedUntilMs - now <= maxLockMs;

export const afterRightPin = (record: OwnerRecord): OwnerRecord => ({ ...record, wrongTries: 0, lockedUntilMs: 0, locks: 0 });

export function afterWrongPin(record: OwnerRecord, rules: LockRules, now: WallMs): OwnerRecord {
  const wrongTries = record.wrongTries + 1;
  if (wrongTries < rules.triesBeforeLock) return { ...record, wrongTries };
  const lockMs = Math.min(maxLockMs, rules.lockMin * 60_000 * 2 ** Math.min(record.locks, 16));
  return { ...record, wrongTries: 0, locks: record.locks + 1, lockedUntilMs: now + lockMs };
}
