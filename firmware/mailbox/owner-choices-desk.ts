import type { ChoiceRecord, MailboxChoices } from './mailbox-choices.ts';
import { isUnchosen, noChoices, optionsOf } from './mailbox-choices.ts';
import type { MailboxDocuments } from './mailbox-documents.ts';
import type { MailboxOptions } from './owner-choices.ts';

/** What owners have chosen for their mailboxes, in the documents of these. */
export class OwnerChoices {
  /** Told when an owner has chosen something, durably. */
  changed: ((mailbox: string) => void) | null = null;
  readonly #documents: MailboxDocuments;

  constructor(documents: MailboxDocuments) {
    this.#documents = documents;
  }

  of(mailbox: string): MailboxChoices {
    return this.#documents.openedChoices(mailbox)?.state ?? noChoices();
  }

  options(mailbox: string): MailboxOptions {
    return optionsOf(this.of(mailbox));
  }

  /** The part that is no recording; null = nothing was chosen. */
  record(mailbox: string): ChoiceRecord | null {
    const { use, temporaryUntilMs, options } = this.of(mailbox);
    return isUnchosen({ use, temporaryUntilMs, options }) ? null : { use, temporaryUntilMs, options };
  }

  /** Mailboxes whose owners have chosen something, configured or not. */
  numbers(): readonly string[] {
    return this.#documents.numbers().filter((mailbox) => this.record(mailbox) !== null);
  }

  /** Durable when resolved. Errors: HalError. */
  async change(mailbox: string, change: (choices: MailboxChoices) => void): Promise<void> {
    const document = await this.#documents.choicesDocument(mailbox);
    await document.change(change);
    this.changed?.(mailbox);
  }
}
