import { HalError } from '../../hal/errors.ts';
import type { Document } from './document.ts';
import type { MailboxContext } from './mailbox-context.ts';
import type { MailboxFigures } from './mailbox-figures.ts';
import { figuresOf } from './mailbox-figures.ts';
import { messageFolder } from './mailbox-paths.ts';
import type { Message } from './message.ts';
import type { Entry, IndexState, Row } from './message-index.ts';
import { entryOf, idOf, insertRow, stateOf, takenForOf } from './message-index.ts';

/** An index close to its limit takes no more messages: the last one must still fit. */
const fullIndexBytes = 95 * 1024;

/** The index to look into: changing it is the mailbox's. */
export type IndexView = Omit<MailboxIndex, 'rows' | 'row' | 'message' | 'insert' | 'drop' | 'dropRow' | 'save' | 'trySave' | 'settle'>;

/** What one mailbox's index says of its messages. The files are right: it follows them, and one that cannot be saved is made anew from them. */
export class MailboxIndex {
  readonly #context: MailboxContext;
  readonly #number: string;
  readonly #document: Document<IndexState>;
  /** What its rows add up to; null = they have changed since. */
  #sum: string | null = null;
  #figures: MailboxFigures | null = null;

  constructor(context: MailboxContext, number: string, document: Document<IndexState>) {
    this.#context = context;
    this.#number = number;
    this.#document = document;
  }

  /** In the order of their ids. A row is changed by `save` and `settle` only. */
  get rows(): readonly Row[] {
    return this.#document.state.messages;
  }

  row(id: string): Row | undefined {
    return this.rows.find((row) => idOf(row) === id);
  }

  list(withDeleted: boolean): Message[] {
    const rows = withDeleted ? this.rows : this.rows.filter((row) => stateOf(row) !== 'deleted');
    return rows.map((row) => this.message(row));
  }

  /** Made anew only when a row has changed. */
  get figures(): MailboxFigures {
    this.#figures ??= figuresOf(this.rows);
    return this.#figures;
  }

  has(id: string): boolean {
    return this.row(id) !== undefined;
  }

  find(id: string): Message | null {
    return this.entry(id)?.message ?? null;
  }

  /** The oldest message younger than `after` that was taken for another unit than `own`, deleted or not. */
  oldestTaken(own: string, after: string): Message | null {
    const row = this.rows.find((one) => idOf(one) > after && (takenForOf(one) ?? own) !== own);
    return row === undefined ? null : this.message(row);
  }

  /** In the order of their ids. */
  entries(): readonly Entry[] {
    return this.rows.map((row) => entryOf(this.#number, row));
  }

  entry(id: string): Entry | null {
    const row = this.row(id);
    return row === undefined ? null : entryOf(this.#number, row);
  }

  message(row: Row): Message {
    return entryOf(this.#number, row).message;
  }

  /** `sumOf` its entries, made anew only when one of them has changed. */
  sum(sumOf: (entries: readonly Entry[]) => string): string {
    this.#sum ??= sumOf(this.entries());
    return this.#sum;
  }

  /** null = nobody has asked for it since a row changed. */
  get knownSum(): string | null {
    return this.#sum;
  }

  get size(): number {
    return this.rows.length;
  }

  get isSaved(): boolean {
    return this.#document.isSaved;
  }

  get isFull(): boolean {
    return this.#document.bytes > fullIndexBytes;
  }

  /** In the place of the row of that id, if there is one. */
  insert(row: Row): Promise<void> {
    return this.save((state) => insertRow(state.messages, row));
  }

  drop(id: string): Promise<void> {
    return this.save(() => this.dropRow(id));
  }

  /** Within `save` or `settle`. */
  dropRow(id: string): void {
    const at = this.rows.findIndex((row) => idOf(row) === id);
    if (at >= 0) this.#document.state.messages.splice(at, 1);
  }

  /** An index that cannot be saved is told and otherwise borne: the files are safe, and the next start-up reads them. */
  async save(change: (state: IndexState) => void): Promise<void> {
    [this.#sum, this.#figures] = [null, null];
    try {
      await this.#document.change(change);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      this.#context.log.write('alert', 'index-behind', `A mailbox index could not be saved: ${error.message}`, { mailbox: this.#number });
    }
  }

  /** Saves what was refused, once more. Whether it is saved, or never will be: one that is too large is made anew from the files. Never throws. */
  async trySave(): Promise<boolean> {
    if (this.isSaved) return true;
    return this.#document.change(() => undefined).then(() => true, (error: unknown) => error instanceof HalError && error.id === 'too-large');
  }

  /**
   * After a name in `cur` has changed. The index follows in any case, and after the name: of one that a power cut can still take back it
   * must not tell a version that the state then has not. Errors: HalError of the folder's sync, once the index has followed.
   */
  async settle(change: (isDurable: boolean) => void): Promise<void> {
    let isDurable = false;
    try {
      await this.#context.storage.syncDirectory(messageFolder(this.#number));
      isDurable = true;
    } finally {
      await this.save(() => change(isDurable));
    }
  }
}
