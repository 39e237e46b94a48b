import type { MailboxDocuments } from './mailboxes.ts';
import type { OwnerRecords } from './owner/owner-access.ts';
import type { OwnerRecord } from './owner/owner-record.ts';
import { freshOwner } from './owner/owner-record.ts';

/** Owner records in the mailbox documents. A mailbox that has no document yet has a fresh owner. */
export class OwnerDocuments implements OwnerRecords {
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

  /** Errors: HalError no-space, read-only, io; then memory has the change and the disk may not. */
  async change(mailbox: string, change: (record: OwnerRecord) => OwnerRecord): Promise<void> {
    const document = await this.#documents.mailboxDocument(mailbox);
    await document.change((state) => {
      const { pin, wrongTries, lockedUntilMs, locks } = change(state.owner);
      state.owner = { ...state.owner, pin: pin && { ...pin }, wrongTries, lockedUntilMs, locks };
    });
  }
}
