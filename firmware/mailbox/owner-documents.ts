import { HalError } from '../../hal/errors.ts';
import type { MailboxDocuments } from './mailbox-documents.ts';
import type { OwnerRecords } from './owner/owner-access.ts';
import type { OwnerRecord } from './owner/owner-record.ts';
import { freshOwner } from './owner/owner-record.ts';

/** Owner records in the mailbox documents. A mailbox that has no document yet has a fresh owner. */
export class OwnerDocuments implements OwnerRecords {
  /** Told when a record has changed, durably. */
  changed: ((mailbox: string) => void) | null = null;
  readonly #documents: MailboxDocuments;
  readonly #isMailbox: (number: string) => boolean;

  constructor(documents: MailboxDocuments, isMailbox: (number: string) => boolean) {
    this.#documents = documents;
    this.#isMailbox = isMailbox;
  }

  read(mailbox: string): OwnerRecord | null {
    if (!this.#isMailbox(mailbox)) return null;
    return this.#documents.openedDocument(mailbox)?.state.owner ?? freshOwner;
  }

  async look(mailbox: string): Promise<void> {
    await this.#documents.look(mailbox).catch(ifRefused);
  }

  /** Mailboxes that have a record other than a fresh one, configured or not. */
  stored(): string[] {
    return this.#documents.numbers().filter((mailbox) => this.storedRecord(mailbox) !== null);
  }

  /** What is stored, whether the mailbox is configured or not; null = nothing, or a fresh record. */
  storedRecord(mailbox: string): OwnerRecord | null {
    const owner = this.#documents.openedDocument(mailbox)?.state.owner;
    if (owner === undefined || (owner.pin === null && owner.wrongTries === 0 && owner.lockedUntilMs === 0 && owner.locks === 0)) return null;
    const { pin, wrongTries, lockedUntilMs, locks } = owner;
    return { pin, wrongTries, lockedUntilMs, locks };
  }

  /** Errors: HalError no-space, read-only, io; then memory has the change and the disk may not. */
  async change(mailbox: string, change: (record: OwnerRecord) => OwnerRecord): Promise<void> {
    const document = await this.#documents.mailboxDocument(mailbox);
    await document.change((state) => {
      const { pin, wrongTries, lockedUntilMs, locks } = change(state.owner);
      state.owner = { ...state.owner, pin: pin && { ...pin }, wrongTries, lockedUntilMs, locks };
    });
    this.changed?.(mailbox);
  }
}

/** What is known without a look must do. */
function ifRefused(error: unknown): void {
  if (!(error instanceof HalError)) throw error;
}
