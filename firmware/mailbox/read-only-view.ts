import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import { trailerOf } from './log-cursor.ts';
import { scanFile } from './scan-file.ts';
import { firstVersion } from './state-version.ts';
import { isMailboxNumber, mailboxFolder, mailboxesFolder, messageFolder, messagePath, newFolder, parseNewName } from './mailbox-paths.ts';
import type { Message, MessageState } from './message.ts';
import type { IndexState } from './message-index.ts';
import { checkIndex, emptyIndex, entryOf, insertRow, messageOf, rowOf } from './message-index.ts';
import type { MessageReader } from './message-store.ts';
import { reconcile } from './reconcile.ts';
import { RecordingReader } from './recording-reader.ts';
import { SlotAdapter } from './slot-adapter.ts';

/** A message and the file it was found in. */
export interface ViewedMessage extends Message {
  readonly path: string;
}

/**
 * Looks into a data folder without writing a byte: beside a running unit, or with the disk of a dead one in another machine.
 * Recordings that nobody has completed are listed too, as interrupted (beside a running unit: calls in progress). What changes
 * while it looks may be missed.
 */
export class ReadOnlyView {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Oldest first, of one mailbox or of all. Errors: HalError io, permission-denied. */
  async list(mailbox?: string, withDeleted = false): Promise<ViewedMessage[]> {
    const numbers = mailbox === undefined ? (await this.#names(mailboxesFolder)).filter(isMailboxNumber).sort() : [mailbox];
    const delivered = await Promise.all(numbers.map((number) => this.#delivered(number)));
    const unfinished = (await this.#unfinished()).filter((message) => mailbox === undefined || message.mailbox === mailbox);
    const known = new Set(delivered.flat().map(({ id }) => id));
    const all = [...delivered.flat(), ...unfinished.filter(({ id }) => !known.has(id))];
    return all.filter(({ state }) => withDeleted || state !== 'deleted').sort((left, right) => (left.id < right.id ? -1 : 1));
  }

  /** Any message by id, deleted ones too. Errors: HalError not-found, io. */
  async reader(id: string): Promise<MessageReader> {
    const found = (await this.list(undefined, true)).find((message) => message.id === id);
    if (found === undefined) throw new HalError('not-found', id, 'no such message');
    return RecordingReader.open(this.#storage, found.path, found.bytes);
  }

  async #delivered(number: string): Promise<ViewedMessage[]> {
    if (!isMailboxNumber(number)) return [];
    const found = reconcile((await this.#index(number)).messages, await this.#names(messageFolder(number)), 0);
    for (const { id, state } of found.unknown) {
      const message = await this.#examine(messagePath(number, id, state), state);
      if (message !== null) insertRow(found.rows, rowOf({ message, deletedMs: 0, version: firstVersion }));
    }
    const messages = found.rows.map((row) => entryOf(number, row).message);
    return messages.map((message) => ({ ...message, path: messagePath(number, message.id, message.state) }));
  }

  async #unfinished(): Promise<ViewedMessage[]> {
    const found: ViewedMessage[] = [];
    for (const name of (await this.#names(newFolder)).filter((name) => parseNewName(name) !== null)) {
      const path = `${newFolder}/${name}`;
      const message = await this.#examine(path, 'new');
      if (message !== null) found.push({ ...message, path });
    }
    return found;
  }

  async #examine(path: string, state: MessageState): Promise<Message | null> {
    const scan = await scanFile(this.#storage, path).catch(noneIfUnreadable);
    return typeof scan === 'string' || scan === null ? null : messageOf(scan.facts, trailerOf(scan), state);
  }

  /** Only a saving of time: without it every file is read. */
  async #index(number: string): Promise<IndexState> {
    const none = emptyIndex();
    try {
      const found = await new SlotAdapter<unknown>(this.#storage, `${mailboxFolder(number)}/index`).read();
      return found === null ? none : checkIndex(found);
    } catch {
      return none;
    }
  }

  async #names(folder: string): Promise<string[]> {
    return (await this.#storage.list(folder).catch(noneIfGone)) ?? [];
  }
}

function noneIfGone(error: unknown): null {
  if (error instanceof HalError && error.id === 'not-found') return null;
  throw error;
}

/** A file that the medium does not give now is left out. */
function noneIfUnreadable(error: unknown): null {
  if (error instanceof HalError && error.id === 'io') return null;
  return noneIfGone(error);
}
