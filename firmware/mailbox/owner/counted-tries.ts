import type { WallMs } from '../../../hal/clock.ts';
import type { LockRules, OwnerRecord } from './owner-record.ts';
import { afterWrongPin, freshOwner, isLocked } from './owner-record.ts';

/**
 * Wrong tries that no mailbox's record can hold: of calling numbers, and of mailboxes that do not exist, which must answer like those that do.
 * The `most` that were used last, of this run; who is forgotten begins anew.
 */
export class CountedTries {
  readonly #most: number;
  readonly #records = new Map<string, OwnerRecord>();

  constructor(most: number) {
    this.#most = most;
  }

  isLocked(name: string, now: WallMs): boolean {
    const record = this.#records.get(name);
    return record !== undefined && isLocked(record, now);
  }

  wrong(name: string, rules: LockRules, now: WallMs): void {
    const record = afterWrongPin(this.#records.get(name) ?? freshOwner, rules, now);
    this.#records.delete(name);
    this.#records.set(name, record);
    const [oldest] = this.#records.keys();
    if (this.#records.size > this.#most && oldest !== undefined) this.#records.delete(oldest);
  }

  right(name: string): void {
    this.#records.delete(name);
  }
}
