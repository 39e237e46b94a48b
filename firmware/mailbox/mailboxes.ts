import type { Document } from './document.ts';
import { Mailbox } from './mailbox.ts';
import type { MailboxContext } from './mailbox-context.ts';
import { isMailboxNumber, mailboxesFolder } from './mailbox-paths.ts';
import type { MailboxChoices } from './mailbox-choices.ts';
import type { MailboxState } from './mailbox-state.ts';
import type { MailboxReport } from './mailbox-survey.ts';
import { inParallel } from './serial.ts';

/** Node has four file threads; a few more tasks keep them busy. */
const openAtATime = 8;

/** Access to mailbox documents for those who are not the message store. */
export interface MailboxDocuments {
  /** Numbers of all mailboxes that have a document. */
  numbers(): readonly string[];
  /** Opens, and at first makes, the document. Errors: HalError no-space, read-only, io. */
  mailboxDocument(number: string): Promise<Document<MailboxState>>;
  /** The document if the mailbox has one. */
  openedDocument(number: string): Document<MailboxState> | null;
  /** The same for what the owner has chosen. */
  choicesDocument(number: string): Promise<Document<MailboxChoices>>;
  openedChoices(number: string): Document<MailboxChoices> | null;
}

/**
 * All mailboxes with a folder, each opened once. A mailbox gets its folder when it is first needed, so that a configuration with
 * thousands of them costs nothing at the first start.
 */
export class Mailboxes implements MailboxDocuments {
  readonly #context: MailboxContext;
  readonly #opened = new Map<string, Mailbox>();
  readonly #opening = new Map<string, Promise<Mailbox>>();

  constructor(context: MailboxContext) {
    this.#context = context;
  }

  /** Opens every mailbox on the disk; tells of each that was not in order. Errors: HalError. */
  async openAll(report: (number: string, found: MailboxReport) => void): Promise<void> {
    const names = await this.#context.storage.list(mailboxesFolder);
    await inParallel(names.filter(isMailboxNumber).sort(), openAtATime, async (number) => report(number, await this.#open(number)));
  }

  get(number: string): Mailbox | undefined {
    return this.#opened.get(number);
  }

  all(): readonly Mailbox[] {
    return [...this.#opened.values()];
  }

  numbers(): readonly string[] {
    return [...this.#opened.keys()];
  }

  async ensure(number: string): Promise<Mailbox> {
    const known = this.#opened.get(number) ?? this.#opening.get(number);
    if (known !== undefined) return known;
    const opening = this.#open(number).then(() => this.#opened.get(number) as Mailbox);
    this.#opening.set(number, opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(number);
    }
  }

  async mailboxDocument(number: string): Promise<Document<MailboxState>> {
    return (await this.ensure(number)).document;
  }

  openedDocument(number: string): Document<MailboxState> | null {
    return this.#opened.get(number)?.document ?? null;
  }

  async choicesDocument(number: string): Promise<Document<MailboxChoices>> {
    return (await this.ensure(number)).choices;
  }

  openedChoices(number: string): Document<MailboxChoices> | null {
    return this.#opened.get(number)?.choices ?? null;
  }

  async idle(): Promise<void> {
    for (const mailbox of this.#opened.values()) await mailbox.idle();
  }

  async #open(number: string): Promise<MailboxReport> {
    const { mailbox, report } = await Mailbox.open(this.#context, number);
    this.#opened.set(number, mailbox);
    return report;
  }
}
