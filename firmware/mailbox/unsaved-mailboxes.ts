import type { Clock } from '../../hal/clock.ts';
import type { Mailbox } from './mailbox.ts';

/** Between two tries to save a mailbox that the disk has refused. */
export const saveAgainMs = 5000;
/** Of which the index alone is not saved: what it says beyond the files is worth memory, but not any amount of it. */
export const mostBehind = 64;

/** Mailboxes that the disk refuses to save: they stay in memory, which alone has what they say. */
export class UnsavedMailboxes {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** Monotonic ms. Of mailboxes in memory only. */
  readonly #nextTryMs = new Map<string, number>();
  /** Those whose documents are saved, and whose index is not. */
  readonly #behind = new Set<string>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Whether nothing, or nothing that counts, goes with it when it leaves memory. Tries to save it, at most every few seconds. Never throws. */
  async mayLeave(number: string, mailbox: Mailbox): Promise<boolean> {
    const may = await this.#isSaved(number, mailbox) || (mailbox.hasSavedDocuments && !this.#keepBehind(number));
    if (may) {
      this.#nextTryMs.delete(number);
      this.#behind.delete(number);
    }
    return may;
  }

  async #isSaved(number: string, mailbox: Mailbox): Promise<boolean> {
    if (this.#clock.monotonic() < (this.#nextTryMs.get(number) ?? -Infinity)) return mailbox.isSaved;
    if (await mailbox.trySave()) return true;
    this.#nextTryMs.set(number, this.#clock.monotonic() + saveAgainMs);
    return false;
  }

  #keepBehind(number: string): boolean {
    if (this.#behind.size < mostBehind) this.#behind.add(number);
    return this.#behind.has(number);
  }
}
