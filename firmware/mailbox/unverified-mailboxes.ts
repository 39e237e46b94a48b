import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { KnownMailboxes } from './known-mailboxes.ts';
import type { MailboxGlance } from './mailbox-glance.ts';
import { stampOf } from './mailbox-stamp.ts';
import { inParallel } from './serial.ts';

const verifiedAtATime = 2;

/** Mailboxes of which only the summary says what they hold, until somebody has looked at their files. */
export class UnverifiedMailboxes {
  readonly #parts: { readonly storage: Storage; readonly log: Log };
  readonly #known: KnownMailboxes;
  readonly #numbers = new Set<string>();

  constructor(parts: { readonly storage: Storage; readonly log: Log }, known: KnownMailboxes) {
    this.#parts = parts;
    this.#known = known;
  }

  has(number: string): boolean {
    return this.#numbers.has(number);
  }

  add(number: string): void {
    this.#numbers.add(number);
  }

  /** Its files have been looked at. */
  verified(number: string): void {
    this.#numbers.delete(number);
  }

  /** What is known of a mailbox that is shut; null = that may be wrong, or it is none. Errors: HalError. */
  async certain(number: string): Promise<MailboxGlance | null> {
    const glance = this.#known.glance(number);
    if (glance === null || !this.#numbers.has(number)) return glance;
    return (await stampOf(this.#parts.storage, number)) === glance.stamp ? glance : null;
  }

  /** Looks whether the files that the summary vouched for are as they were then; a mailbox whose are not is opened. Never throws. */
  async verify(open: (number: string) => Promise<void>): Promise<void> {
    await inParallel([...this.#numbers], verifiedAtATime, async (number) => {
      const glance = this.#known.glance(number);
      if (glance === null || !this.#numbers.has(number)) return;
      try {
        if ((await stampOf(this.#parts.storage, number)) !== glance.stamp) await open(number);
        this.#numbers.delete(number);
      } catch (error) {
        if (!(error instanceof HalError)) throw error;
        this.#parts.log.write('error', 'mailbox-unverified', `A mailbox could not be looked at: ${error.message}`, { mailbox: number });
      }
    });
  }
}
