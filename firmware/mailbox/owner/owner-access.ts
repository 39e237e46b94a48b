import type { Clock } from '../../../hal/clock.ts';
import type { Random } from '../../../hal/random.ts';
import type { LoginOutcome } from '../../callflow/flow.ts';
import type { Settings } from '../../config/settings.ts';
import type { Log } from '../../log.ts';
import { inTurn } from '../in-turn.ts';
import type { OwnerRecord } from './owner-record.ts';
import { afterRightPin, afterWrongPin, isLocked } from './owner-record.ts';
import type { PinFault } from './pin-rules.ts';
import { pinFault } from './pin-rules.ts';
import { CountedTries } from './counted-tries.ts';
import type { PinHash, PinHasher } from './pin-hasher.ts';

/** Where owner records live. `change` resolves when the new record is durable. */
export interface OwnerRecords {
  /** null = no such mailbox. */
  read(mailbox: string): OwnerRecord | null;
  /** Before somebody logs in: afterwards `read` says what the disk has, as far as it can be read. Left out: it always does. Never rejects. */
  look?(mailbox: string): Promise<void>;
  change(mailbox: string, change: (record: OwnerRecord) => OwnerRecord): Promise<void>;
}

export interface OwnerAccessParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly hasher: PinHasher;
  readonly records: OwnerRecords;
  readonly settings: () => Settings['pins'];
  /** A PIN was chosen by somebody else than the owner. */
  readonly given?: (mailbox: string) => Promise<void>;
}

/** Every answer to a log-in takes at least this long, so that guessing is slow and tells nothing by its speed. */
const answerMs = 1000;

/** Calling numbers, and mailboxes that do not exist, whose wrong tries are counted. */
const mostCallers = 1000;
const mostStrangers = 1000;
/** Actions of flows with a PIN of their own, whose wrong tries are counted. */
const mostActions = 1000;

/** Log-in of mailbox owners: PINs, counted tries over all calls, locks that survive a restart. */
export class OwnerAccess {
  readonly #parts: OwnerAccessParts;
  readonly #inTurn = inTurn();
  readonly #callers = new CountedTries(mostCallers);
  readonly #strangers = new CountedTries(mostStrangers);
  readonly #actions = new CountedTries(mostActions);
  /** Of no PIN that anybody knows: so that a mailbox that does not exist takes as long as one that does. */
  #nobody: Promise<PinHash> | null = null;

  constructor(parts: OwnerAccessParts) {
    this.#parts = parts;
  }

  /**
   * Attempts on one mailbox are taken one after another, so that parallel calls cannot outrun the count. `caller`: the calling number, whose wrong
   * tries are counted over all mailboxes; '' = withheld, and not counted.
   */
  async login(mailbox: string, pin: string, caller = ''): Promise<LoginOutcome> {
    const answered = new Promise<void>((resolve) => this.#parts.clock.after('login-answer', answerMs, resolve));
    const outcome = await this.#inTurn(mailbox, () => this.#checkCaller(mailbox, pin, caller));
    await answered;
    return outcome;
  }

  /** The PIN of an action, by the action's name: counted and locked as that of a mailbox, in this run. `right`: whether it was; it opens nothing that is locked. */
  async actionPin(action: string, right: boolean): Promise<'ok' | 'wrong' | 'locked'> {
    const { clock, settings, log } = this.#parts;
    const answered = new Promise<void>((resolve) => clock.after('login-answer', answerMs, resolve));
    const wasLocked = this.#actions.isLocked(action, clock.wall());
    if (!wasLocked && right) this.#actions.right(action);
    if (!wasLocked && !right) this.#actions.wrong(action, settings(), clock.wall());
    const locked = this.#actions.isLocked(action, clock.wall());
    if (locked && !wasLocked) log.write('alert', 'action-locked', `The action ${action} was locked after repeated wrong PINs.`, { action });
    await answered;
    if (locked) return 'locked';
    return right ? 'ok' : 'wrong';
  }

  /** Sets a PIN that obeys the rules, whoever sets it; null = done. */
  async setPin(mailbox: string, pin: string): Promise<PinFault | null> {
    const fault = pinFault(pin, mailbox, this.#parts.settings().minLength) ?? (await this.#faultOfPrevious(mailbox, pin));
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
      if ((await this.setPin(mailbox, pin)) !== null) continue;
      await this.#parts.given?.(mailbox);
      return pin;
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

  async #faultOfPrevious(mailbox: string, pin: string): Promise<PinFault | null> {
    const previous = this.#parts.records.read(mailbox)?.pin ?? null;
    return previous !== null && (await this.#parts.hasher.verify(pin, previous)) ? 'previous' : null;
  }

  /** A caller who is held off hears what the mailbox's lock says, and nothing is looked at. */
  async #checkCaller(mailbox: string, pin: string, caller: string): Promise<LoginOutcome> {
    const { clock, settings, log } = this.#parts;
    if (caller !== '' && this.#callers.isLocked(caller, clock.wall())) return 'locked';
    const outcome = await this.#check(mailbox, pin);
    if (caller === '') return outcome;
    if (outcome === 'ok') this.#callers.right(caller);
    if (outcome !== 'wrong') return outcome;
    const { triesPerCaller: triesBeforeLock, lockMin } = settings();
    this.#callers.wrong(caller, { triesBeforeLock, lockMin }, clock.wall());
    if (this.#callers.isLocked(caller, clock.wall())) log.write('alert', 'caller-held-off', `The calling number ${caller} was held off after repeated wrong PINs.`, { caller });
    return outcome;
  }

  /** A mailbox that does not exist has wrong tries and locks like any other. */
  async #checkStranger(mailbox: string, pin: string): Promise<LoginOutcome> {
    const { clock, hasher, settings } = this.#parts;
    if (this.#strangers.isLocked(mailbox, clock.wall())) return 'locked';
    this.#nobody ??= hasher.hash(String(this.#parts.random.below(1_000_000_000)));
    await hasher.verify(pin, await this.#nobody);
    this.#strangers.wrong(mailbox, settings(), clock.wall());
    return this.#strangers.isLocked(mailbox, clock.wall()) ? 'locked' : 'wrong';
  }

  async #check(mailbox: string, pin: string): Promise<LoginOutcome> {
    await this.#parts.records.look?.(mailbox);
    const record = this.#parts.records.read(mailbox);
    if (record === null) return this.#checkStranger(mailbox, pin);
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
}
