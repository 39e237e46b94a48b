import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Storage, StorageFile } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { Document } from './document.ts';
import { openDocument } from './document.ts';
import type { Folders } from './folders.ts';
import type { LogScan } from './log-cursor.ts';
import { scanLog, trailerOf } from './log-cursor.ts';
import { damagedFolder, folderOf, mailboxFolder, messageFolder, messageName, messagePath } from './mailbox-paths.ts';
import type { MailboxState } from './mailbox-state.ts';
import { checkMailboxState, newMailboxState } from './mailbox-state.ts';
import type { Message, MessageState } from './message.ts';
import type { IndexState, Row } from './message-index.ts';
import { bytesOf, checkIndex, countRows, deletedMsOf, emptyIndex, entryOf, idOf, insertRow, messageOf, rowOf, setState, stateOf, takenForOf } from './message-index.ts';
import type { MailboxCounts, MessageReader } from './message-store.ts';
import type { Reconciled } from './reconcile.ts';
import { reconcile } from './reconcile.ts';
import { RecordingReader } from './recording-reader.ts';
import { Serial } from './serial.ts';

export interface MailboxContext {
  readonly storage: Storage;
  readonly folders: Folders;
  readonly clock: Clock;
  readonly log: Log;
}

/** What opening a mailbox found. */
export interface MailboxReport {
  readonly rebuilt: boolean;
  readonly damaged: readonly { readonly file: string; readonly why: string }[];
}

/** An index close to its limit takes no more messages: the last one must still fit. */
const fullIndexBytes = 95 * 1024;

/**
 * One mailbox on the disk: its delivered messages, its index of them, its document. Every change is made to the files first and
 * is durable there before the index follows; changes run one after another.
 */
export class Mailbox {
  readonly number: string;
  readonly document: Document<MailboxState>;
  readonly #context: MailboxContext;
  readonly #index: Document<IndexState>;
  readonly #serial = new Serial();

  private constructor(context: MailboxContext, number: string, document: Document<MailboxState>, index: Document<IndexState>) {
    this.#context = context;
    this.number = number;
    this.document = document;
    this.#index = index;
  }

  /** Makes its folders if need be, and brings the index into agreement with the files. Errors: HalError. */
  static async open(context: MailboxContext, number: string): Promise<{ mailbox: Mailbox; report: MailboxReport }> {
    const { storage, folders, log } = context;
    await folders.ensure(messageFolder(number));
    const folder = mailboxFolder(number);
    const document = await openDocument(storage, `${folder}/mailbox`, newMailboxState(), checkMailboxState, log);
    const index = await openDocument(storage, `${folder}/index`, emptyIndex(), checkIndex, log);
    const mailbox = new Mailbox(context, number, document, index);
    return { mailbox, report: await mailbox.#agreeWithFiles() };
  }

  list(withDeleted: boolean): Message[] {
    const rows = withDeleted ? this.#rows : this.#rows.filter((row) => stateOf(row) !== 'deleted');
    return rows.map((row) => entryOf(this.number, row).message);
  }

  counts(): MailboxCounts {
    return countRows(this.#rows);
  }

  has(id: string): boolean {
    return this.#rowOf(id) !== undefined;
  }

  find(id: string): Message | null {
    const row = this.#rowOf(id);
    return row === undefined ? null : entryOf(this.number, row).message;
  }

  /** The oldest message younger than `after` that was taken for another unit than `own`, deleted or not. */
  oldestTaken(own: string, after: string): Message | null {
    const row = this.#rows.find((one) => idOf(one) > after && (takenForOf(one) ?? own) !== own);
    return row === undefined ? null : entryOf(this.number, row).message;
  }

  /** How many were taken for another unit than `own`, and their audio. */
  taken(own: string): { messages: number; bytes: number } {
    let [messages, bytes] = [0, 0];
    for (const row of this.#rows) {
      if ((takenForOf(row) ?? own) === own) continue;
      messages++;
      bytes += bytesOf(row);
    }
    return { messages, bytes };
  }

  newestId(): string | null {
    const last = this.#rows.at(-1);
    return last === undefined ? null : idOf(last);
  }

  get indexIsFull(): boolean {
    return this.#index.bytes > fullIndexBytes;
  }

  /** Takes over a completed log from the folder it was made in. Resolves when its file is durable here. Errors: HalError. */
  deliver(path: string, message: Message): Promise<void> {
    return this.#serial.run(async () => {
      const { storage, clock } = this.#context;
      await storage.rename(path, messagePath(this.number, message.id, message.state));
      try {
        await storage.syncDirectory(messageFolder(this.number));
        await storage.syncDirectory(folderOf(path));
      } finally {
        // From the rename on it can be heard, whether or not the name is safe yet.
        await this.#saveIndex(() => insertRow(this.#rows, rowOf({ message, deletedMs: message.state === 'deleted' ? clock.wall() : 0 })));
      }
    });
  }

  /** `next` sees the state as it is when the change has its turn. Whether anything changed. Errors: HalError. */
  mark(id: string, next: (now: MessageState) => MessageState): Promise<boolean> {
    return this.#serial.run(async () => {
      const row = this.#rowOf(id);
      const state = row === undefined ? null : next(stateOf(row));
      if (row === undefined || state === null || stateOf(row) === state) return false;
      const path = messagePath(this.number, id, stateOf(row));
      await this.#context.storage.rename(path, messagePath(this.number, id, state));
      await this.#settle(() => setState(row, state, this.#context.clock.wall()));
      return true;
    });
  }

  /** Whether there was one, and `may` had nothing against it. Errors: HalError. */
  purge(id: string, may: (state: MessageState) => boolean = () => true): Promise<boolean> {
    return this.#serial.run(async () => {
      const row = this.#rowOf(id);
      if (row === undefined || !may(stateOf(row))) return false;
      await this.#context.storage.remove(messagePath(this.number, id, stateOf(row)));
      await this.#settle(() => this.#dropRow(id));
      return true;
    });
  }

  /** Errors: HalError not-found; io when it cannot be read as a recording at all: then it is set aside, and no longer listed. */
  reader(id: string): Promise<MessageReader> {
    return this.#serial.run(async () => {
      const row = this.#rowOf(id);
      if (row === undefined) throw new HalError('not-found', `${this.number}/${id}`, 'no such message');
      try {
        const { bytes } = entryOf(this.number, row).message;
        return await RecordingReader.open(this.#context.storage, messagePath(this.number, id, stateOf(row)), bytes);
      } catch (error) {
        if (error instanceof HalError && (error.id === 'io' || error.id === 'not-found')) await this.#giveUp(row, error.message);
        throw error;
      }
    });
  }

  /** A message's file and the state it had when it was opened; null = no such message. Errors: HalError. */
  open(id: string): Promise<{ readonly file: StorageFile; readonly state: MessageState } | null> {
    return this.#serial.run(async () => {
      const row = this.#rowOf(id);
      if (row === undefined) return null;
      const state = stateOf(row);
      return { file: await this.#context.storage.open(messagePath(this.number, id, state), 'read'), state };
    });
  }

  /** The names in its folder are durable, whatever failed before. Errors: HalError. */
  sync(): Promise<void> {
    return this.#serial.run(() => this.#context.storage.syncDirectory(messageFolder(this.number)));
  }

  /** Purges what was deleted before `beforeMs`, and of the rest all but the newest `keep`. Returns how many. Errors: HalError. */
  async emptyTrash(beforeMs: number, keep: number): Promise<number> {
    const trash = this.#rows.filter((row) => stateOf(row) === 'deleted').sort((left, right) => deletedMsOf(left) - deletedMsOf(right));
    const due = trash.filter((row, at) => deletedMsOf(row) <= beforeMs || at < trash.length - keep);
    for (const row of due) await this.purge(idOf(row));
    return due.length;
  }

  idle(): Promise<void> {
    return this.#serial.idle();
  }

  get #rows(): Row[] {
    return this.#index.state.messages;
  }

  #rowOf(id: string): Row | undefined {
    return this.#rows.find((row) => idOf(row) === id);
  }

  #dropRow(id: string): void {
    const at = this.#rows.findIndex((row) => idOf(row) === id);
    if (at >= 0) this.#rows.splice(at, 1);
  }

  /** After a name in `cur` has changed: memory follows at once, the promise when the names are durable. */
  async #settle(change: () => void): Promise<void> {
    await Promise.all([this.#saveIndex(change), this.#context.storage.syncDirectory(messageFolder(this.number))]);
  }

  /** An index that cannot be saved is told and otherwise borne: the files are safe, and the next start-up reads them. */
  async #saveIndex(change: (state: IndexState) => void): Promise<void> {
    try {
      await this.#index.change(change);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      this.#context.log.write('alert', 'index-behind', `A mailbox index could not be saved: ${error.message}`, { mailbox: this.number });
    }
  }

  async #agreeWithFiles(): Promise<MailboxReport> {
    const { storage, clock } = this.#context;
    const found = reconcile(this.#rows, await storage.list(messageFolder(this.number)), clock.wall());
    const damaged = [...found.gone.map((id) => ({ file: `${messageFolder(this.number)}/${id}`, why: 'listed, but its file is gone' }))];
    await this.#removeDoubles(found.doubles);
    const rows = [...found.rows];
    for (const { id, state } of found.unknown) {
      const message = await this.#examine(id, state);
      if (typeof message === 'string') damaged.push({ file: messagePath(this.number, id, state), why: message });
      else insertRow(rows, rowOf({ message, deletedMs: state === 'deleted' ? clock.wall() : 0 }));
    }
    if (found.changed) await this.#saveIndex((state) => (state.messages = rows));
    return { rebuilt: this.#wasRebuilt(found), damaged };
  }

  /** A crash between the delivery of a message and its index entry is no rebuild; an index that knew nothing is. */
  #wasRebuilt(found: Reconciled): boolean {
    return this.#index.origin === 'damaged' || (this.#index.origin === 'new' && found.unknown.length > 0);
  }

  async #removeDoubles(names: readonly string[]): Promise<void> {
    const { storage } = this.#context;
    for (const name of names) await storage.remove(`${messageFolder(this.number)}/${name}`);
    if (names.length > 0) await storage.syncDirectory(messageFolder(this.number));
  }

  /** The message that an unlisted file holds; else why not, and the file is set aside. */
  async #examine(id: string, state: MessageState): Promise<Message | string> {
    const path = messagePath(this.number, id, state);
    const scan = await scanFile(this.#context.storage, path);
    if (typeof scan !== 'string' && scan.facts.id === id) return { ...messageOf(scan.facts, trailerOf(scan), state), mailbox: this.number };
    await this.#setFileAside(path, messageName(id, state));
    return typeof scan === 'string' ? scan : 'its first frame names another message';
  }

  async #giveUp(row: Row, why: string): Promise<void> {
    const { storage, log } = this.#context;
    const path = messagePath(this.number, idOf(row), stateOf(row));
    log.write('error', 'message-damaged', `A message cannot be read and was set aside: ${why}`, { mailbox: this.number, id: idOf(row) });
    if ((await storage.stat(path)) !== null) await this.#setFileAside(path, messageName(idOf(row), stateOf(row)));
    await this.#saveIndex(() => this.#dropRow(idOf(row)));
  }

  async #setFileAside(path: string, name: string): Promise<void> {
    await setAside(this.#context.storage, path, `${this.number}-${name}`);
  }
}

/** Moves a file into `damaged/`. Errors: HalError. */
export async function setAside(storage: Storage, path: string, name: string): Promise<void> {
  await storage.rename(path, `${damagedFolder}/${name}`);
  await storage.syncDirectory(damagedFolder);
}

/** Errors: HalError other than io, which counts as damage. */
export async function scanFile(storage: Storage, path: string): Promise<LogScan | string> {
  try {
    const file = await storage.open(path, 'read');
    try {
      return await scanLog(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof HalError && error.id === 'io') return error.message;
    throw error;
  }
}
