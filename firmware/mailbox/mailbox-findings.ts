import type { Log } from '../log.ts';
import type { GreetingStore } from './greeting-store.ts';
import type { MailboxReport } from './mailbox-survey.ts';
import { greetingKinds } from './owner-choices.ts';
import type { OwnerChoices } from './owner-choices-desk.ts';
import type { OwnerDocuments } from './owner-documents.ts';

/** Whose listeners are told; looked up when there is something to tell. */
export interface Told {
  readonly changed: ((mailbox: string) => void) | null;
  readonly owners: OwnerDocuments;
  readonly choices: OwnerChoices;
  readonly greetings: GreetingStore;
}

export interface Findings {
  readonly rebuilt: string[];
  readonly damaged: { readonly file: string; readonly why: string }[];
}

const nothingFound = (): Findings => ({ rebuilt: [], damaged: [] });

/** What opening a mailbox brought to light: gathered for the report of the start, told at once later. */
export class MailboxFindings {
  readonly #log: Log;
  readonly #told: Told;
  /** null = the start is over. */
  #found: Findings | null = nothingFound();

  constructor(log: Log, told: Told) {
    this.#log = log;
    this.#told = told;
  }

  /** What the start found, once: from now on each finding goes to the log. */
  ofStart(): Findings {
    const found = this.#found ?? nothingFound();
    this.#found = null;
    return found;
  }

  opened(number: string, { rebuilt, damaged }: MailboxReport): void {
    if (this.#found !== null) {
      if (rebuilt) this.#found.rebuilt.push(number);
      this.#found.damaged.push(...damaged);
      return;
    }
    if (rebuilt || damaged.length > 0) this.#log.write('error', 'mailbox-mended', `The index of a mailbox was made anew, or files of it are damaged: ${damaged.map(({ file, why }) => `${file}: ${why}`).join('; ')}`, { mailbox: number });
  }

  /** What was known of it without a look was wrong; `documents`: of its owner too. */
  differs(number: string, documents: boolean): void {
    this.#log.write('warning', 'mailbox-differs', 'A mailbox was changed while the unit was stopped; its messages were counted anew.', { mailbox: number });
    this.#told.changed?.(number);
    if (documents) this.#tellDocuments(number);
  }

  /** What the site has of it may be another too. What is missing is not told: a loss must never be published. */
  #tellDocuments(number: string): void {
    const { owners, choices, greetings } = this.#told;
    if (owners.storedRecord(number) !== null) owners.changed?.(number);
    if (choices.record(number) !== null) choices.changed?.(number);
    for (const kind of greetingKinds) if (greetings.current(number, kind) !== null) greetings.changed?.(number, kind);
  }
}
