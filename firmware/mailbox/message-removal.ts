import { dueTrash } from './due-messages.ts';
import type { MailboxContext } from './mailbox-context.ts';
import type { MailboxIndex } from './mailbox-index.ts';
import { messageName, messagePath } from './mailbox-paths.ts';
import type { MessageState } from './message.ts';
import type { Row } from './message-index.ts';
import { idOf, stateOf, versionOf } from './message-index.ts';
import { PurgeMemory } from './purge-memory.ts';
import { setAside } from './set-aside.ts';
import type { StateVersion } from './state-version.ts';
import { includes } from './state-version.ts';

/** A change of the mailbox, in its turn. */
export type Change = <T>(work: () => Promise<T>) => Promise<T>;

/** How messages leave a mailbox: purged, let go, or set aside. The file goes first, then the row. */
export class MessageRemoval {
  readonly #context: MailboxContext;
  readonly #number: string;
  readonly #index: MailboxIndex;
  readonly #purged: PurgeMemory;
  readonly #change: Change;

  constructor(context: MailboxContext, number: string, index: MailboxIndex, change: Change) {
    this.#context = context;
    this.#number = number;
    this.#index = index;
    this.#purged = new PurgeMemory(context, number);
    this.#change = change;
  }

  /** Removes for good, and remembers it if that is wanted. Whether there was one. Errors: HalError. */
  purge(id: string): Promise<boolean> {
    return this.#removeIf(id, async (row) => {
      await this.#purged.remember([row]);
      return true;
    });
  }

  /** What the partner has purged, unless it was changed here meanwhile. Errors: HalError. */
  purgeAs(id: string, version: StateVersion): Promise<boolean> {
    return this.#removeIf(id, async (row) => {
      if (!includes(version, versionOf(row))) return false;
      await this.#purged.adopt(id, version);
      return true;
    });
  }

  /** Lets go of what lies elsewhere, if `may` has nothing against it: that is no purge. Whether there was one. Errors: HalError. */
  letGo(id: string, may: (state: MessageState) => boolean): Promise<boolean> {
    return this.#removeIf(id, (row) => may(stateOf(row)));
  }

  /** Purges what was deleted before `beforeMs`, and of the rest all but the newest `keep`. Returns how many. Errors: HalError. */
  async emptyTrash(beforeMs: number, keep: number): Promise<number> {
    const due = dueTrash(this.#index.rows, beforeMs, keep);
    if (due.length > 0) await this.#change(() => this.#purged.remember(due));
    for (const row of due) await this.#change(async () => (this.#isTrash(row) ? this.#remove(row) : undefined));
    return due.length;
  }

  /** Of one that cannot be read; within a turn of the mailbox. */
  async giveUp(row: Row, why: string): Promise<void> {
    const { storage, log } = this.#context;
    const path = messagePath(this.#number, idOf(row), stateOf(row));
    this.#context.doubted(this.#number);
    log.write('error', 'message-damaged', `A message cannot be read and was set aside: ${why}`, { mailbox: this.#number, id: idOf(row) });
    if ((await storage.stat(path)) !== null) await setAside(storage, path, `${this.#number}-${messageName(idOf(row), stateOf(row))}`);
    await this.#purged.forget(idOf(row));
    await this.#index.drop(idOf(row));
    this.#context.touched(this.#number, idOf(row));
  }

  /** Its owner may have taken it back meanwhile. */
  #isTrash(row: Row): boolean {
    return this.#index.row(idOf(row)) === row && stateOf(row) === 'deleted';
  }

  /** Whether there was one, and `may` had nothing against it, which does what has to be done before. */
  #removeIf(id: string, may: (row: Row) => boolean | Promise<boolean>): Promise<boolean> {
    return this.#change(async () => {
      const row = this.#index.row(id);
      if (row === undefined || !(await may(row))) return false;
      await this.#remove(row);
      return true;
    });
  }

  async #remove(row: Row): Promise<void> {
    const id = idOf(row);
    await this.#context.storage.remove(messagePath(this.#number, id, stateOf(row)));
    await this.#index.settle(() => this.#index.dropRow(id));
    this.#context.touched(this.#number, id);
  }
}
