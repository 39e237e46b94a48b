import type { Document } from './document.ts';
import type { MailboxChoices } from './mailbox-choices.ts';
import type { MailboxState } from './mailbox-state.ts';

/** A document of a mailbox, which may be shut and opened again meanwhile. */
export type MailboxDocument<T> = Pick<Document<T>, 'state' | 'change'>;

/** Access to mailbox documents for those who are not the message store. */
export interface MailboxDocuments {
  /** Numbers of all mailboxes that have a document. */
  numbers(): readonly string[];
  /** Opens the mailbox, if there is one, for who will soon ask about it. Errors: HalError. */
  look(number: string): Promise<void>;
  /** Opens, and at first makes, the document. Errors: HalError no-space, read-only, io. */
  mailboxDocument(number: string): Promise<MailboxDocument<MailboxState>>;
  /** The document if the mailbox has one. */
  openedDocument(number: string): Pick<Document<MailboxState>, 'state'> | null;
  /** The same for what the owner has chosen. */
  choicesDocument(number: string): Promise<MailboxDocument<MailboxChoices>>;
  openedChoices(number: string): Pick<Document<MailboxChoices>, 'state'> | null;
}
