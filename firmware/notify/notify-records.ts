import * as v from 'valibot';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { Document } from '../mailbox/document.ts';
import { openDocument } from '../mailbox/document.ts';
import { mailboxPattern } from '../mailbox/recording.ts';
import type { NotifyChoices, NotifyRecord, Telling, Way } from './notify-record.ts';
import { freshRecord, isChosen, noChoices, recordSchema } from './notify-record.ts';

/** What is kept of each mailbox about its notices: the owner's choices, and what was told. A mailbox without a document has a fresh record. */
export class NotifyRecords {
  /** Told when the choices have changed, durably. */
  changed: ((mailbox: string) => void) | null = null;
  /** As `changed`, for the unit itself. */
  chose: ((mailbox: string) => void) | null = null;
  readonly #storage: Storage;
  readonly #folder: string;
  readonly #log: Log;
  readonly #documents = new Map<string, Promise<Document<NotifyRecord>>>();
  readonly #opened = new Map<string, Document<NotifyRecord>>();

  private constructor(storage: Storage, folder: string, log: Log) {
    this.#storage = storage;
    this.#folder = folder;
    this.#log = log;
  }

  /** Errors: HalError read-only, io. */
  static async open(storage: Storage, folder: string, log: Log): Promise<NotifyRecords> {
    await storage.makeDirectory(folder);
    const records = new NotifyRecords(storage, folder, log);
    const mailboxes = new Set((await storage.list(folder)).map((name) => name.replace(/\.[ab]$/, '')).filter((name) => mailboxPattern.test(name)));
    for (const mailbox of mailboxes) await records.#document(mailbox);
    return records;
  }

  choices(mailbox: string): NotifyChoices {
    return this.#opened.get(mailbox)?.state.choices ?? noChoices;
  }

  telling(mailbox: string, way: Way): Telling {
    return (this.#opened.get(mailbox)?.state ?? freshRecord()).ways[way];
  }

  hasChosen(mailbox: string): boolean {
    return isChosen(this.choices(mailbox));
  }

  /** Whose owners have chosen something. */
  chosen(): string[] {
    return [...this.#opened].filter(([, { state }]) => isChosen(state.choices)).map(([mailbox]) => mailbox);
  }

  /** Durable when resolved. Errors: HalError too-large, no-space, read-only, io. */
  async choose(mailbox: string, choices: Partial<NotifyChoices>): Promise<void> {
    const document = await this.#document(mailbox);
    await document.change((state) => (state.choices = { ...state.choices, ...choices }));
    this.changed?.(mailbox);
    this.chose?.(mailbox);
  }

  /** Durable when resolved. Errors: HalError too-large, no-space, read-only, io. */
  async tell(mailbox: string, way: Way, telling: Telling): Promise<void> {
    const document = await this.#document(mailbox);
    await document.change((state) => (state.ways[way] = telling));
  }

  #document(mailbox: string): Promise<Document<NotifyRecord>> {
    const known = this.#documents.get(mailbox);
    if (known !== undefined) return known;
    const opening = openDocument(this.#storage, `${this.#folder}/${mailbox}`, freshRecord(), (found) => v.parse(recordSchema, found), this.#log);
    this.#documents.set(mailbox, opening);
    opening.then((document) => this.#opened.set(mailbox, document), () => this.#documents.delete(mailbox));
    return opening;
  }
}
