import type { Housekeeping } from './housekeeping.ts';
import type { Mailboxes } from './mailboxes.ts';

export interface UpkeepParts {
  readonly mailboxes: Mailboxes;
  readonly housekeeping: Housekeeping;
  /** Errors: HalError. */
  readonly salvage: () => Promise<unknown>;
}

/** What is done for the store as a whole while it runs; who asks for what is under way shares it. */
export class StoreUpkeep {
  readonly #parts: UpkeepParts;
  #keeping: Promise<number> | null = null;
  #verifying: Promise<void> | null = null;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /** Salvage, verification, housekeeping. Returns how many messages were purged. Errors: HalError. */
  housekeep(ages: boolean): Promise<number> {
    this.#keeping ??= this.#keep(ages).finally(() => (this.#keeping = null));
    return this.#keeping;
  }

  /** Looks at a mailbox of which only the summary has told; false = it did not have to. Errors: HalError. */
  async verify(number: string): Promise<boolean> {
    if (!this.#parts.mailboxes.isUnverified(number)) return false;
    await this.#parts.mailboxes.look(number);
    return true;
  }

  /** The same for all of them; those that cannot be looked at stay as they are. Never throws. */
  verifyAll(): Promise<void> {
    this.#verifying ??= this.#parts.mailboxes.verify().finally(() => (this.#verifying = null));
    return this.#verifying;
  }

  async #keep(ages: boolean): Promise<number> {
    await this.#parts.salvage();
    await this.verifyAll();
    return this.#parts.housekeeping.run(ages);
  }
}
