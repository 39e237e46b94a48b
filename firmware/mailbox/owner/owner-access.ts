import type { Clock } from '../../../hal/clock.ts';
import type { Random } from '../../../hal/random.ts';
import type { LoginOutcome } from '../../callflow/flow.ts';
import type { Settings } from '../../config/settings.ts';
import type { Log } from '../../log.ts';
import type { OwnerRecord } from './owner-record.ts';
import { afterRightPin, afterWrongPin, isLocked } from './owner-record.ts';
import type { PinFault } from './pin-rules.ts';
import { pinFault } from './pin-rules.ts';
import type { PinHasher } from './pin-hasher.ts';

/** Where owner records live. `change` resolves when the new record is durable. */
export interface OwnerRecords {
  /** null = no such mailbox. */
  read(mailbox: string): OwnerRecord | null;
  change(mailbox: string, change: (record: OwnerRecord) => OwnerRecord): Promise<void>;
}

export interface OwnerAccessParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly hasher: PinHasher;
  readonly records: OwnerRecords;
  readonly settings: () => Settings['pins'];
}

/** Every answer to a log-in takes at least this long, so that guessing is slow and tells nothing by its speed. */
const answerMs = 1000;

/** Log-in of mailbox owners: PINs, counted tries over all calls, locks that survive a restart. */
export class OwnerAccess {
  readonly #parts: OwnerAccessParts;
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(parts: OwnerAccessParts) {
    this.#parts = parts;
  }

  /** Attempts on one mailbox are taken one after another, so that parallel calls cannot outrun the count. */
  async login(mailbox: string, pin: string): Promise<LoginOutcome> {
    const answered = new Promise<void>((resolve) => this.#parts.clock.after('login-answer', answerMs, resolve));
    const outcome = await this.#inTurn(mailbox, () => this.#check(mailbox, pin));
    await answered;
    return outcome;
  }

  /** Sets a PIN that obeys the rules; null = done. */
  async setPin(mailbox: string, pin: string): Promise<PinFault | null> {
    const fault = pinFault(pin, mailbox, this.#parts.settings().minLength);
    if (fault !== null) return fault;
    const hash = await this.#parts.hasher.hash(pin);
    await this.#parts.records.change(mailbox, (record) => ({ ...afterRightPin(record), pin: hash }));
    this.#parts.log.write('notice', 'pin-changed', `The PIN of mailbox ${mailbox} was changed.`, { mailbox });
    return null;
  }

  /** A new random PIN, told only to the caller of this function. */
  async resetPin(mailbox: string): Promise<string> {
    const length = Math.max(6, this.#parts.settings().minLength);
    for (;;) {
      const pin = Array.from({ length }, () => this.#parts.random.below(10)).join('');
      if ((await this.setPin(mailbox, pin)) === null) return pin;
    }
  }

  hasPin(mailbox: string): boolean {
    return (this.#parts.records.read(mailbox)?.pin ?? null) !== null;
  }

  isLocked(mailbox: string): boolean {
    return this.lockedForMs(mailbox) > 0;
  }

  /** What is left of the mailbox's lock; 0 = it is open. */
  lockedForMs(mailbox: string): number {
    const record = this.#parts.records.read(mailbox);
    const now = this.#parts.clock.wall();
    return record !== null && isLocked(record, now) ? record.lockedUntilMs - now : 0;
  }

  async unlock(mailbox: string): Promise<void> {
    await this.#parts.records.change(mailbox, afterRightPin);
    this.#parts.log.write('notice', 'mailbox-unlocked', `Mailbox ${mailbox} was unlocked.`, { mailbox });
  }

  async #check(mailbox: string, pin: string): Promise<LoginOutcome> {
    const record = this.#parts.records.read(mailbox);
    if (record === null) return 'wrong';
    if (record.pin === null) return 'no-pin';
    if (isLocked(record, this.#parts.clock.wall())) return 'locked';
    if (await this.#parts.hasher.verify(pin, record.pin)) {
      if (record.wrongTries > 0 || record.locks > 0) await this.#parts.records.change(mailbox, afterRightPin);
      return 'ok';
    }
    return this.#countWrong(mailbox);
  }

  /** The count is durable before the caller hears of it. */
  async #countWrong(mailbox: string): Promise<LoginOutcome> {
    const { records, clock, log, settings } = this.#parts;
    await records.change(mailbox, (record) => afterWrongPin(record, settings(), clock.wall()));
    const locked = this.isLocked(mailbox);
    if (locked) log.write('alert', 'mailbox-locked', `Mailbox ${mailbox} was locked after repeated wrong PINs.`, { mailbox });
    else log.write('notice', 'pin-wrong', `A wrong PIN was given for mailbox ${mailbox}.`, { mailbox });
    return locked ? 'locked' : 'wrong';
  }

  #inTurn<T>(mailbox: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(mailbox) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#queues.set(mailbox, mine);
    const forget = (): void => {
      if (this.#queues.get(mailbox) === mine) this.#queues.delete(mailbox);
    };
    mine.then(forget, forget);
    return mine;
  }
}
