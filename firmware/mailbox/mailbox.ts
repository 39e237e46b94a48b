import { HalError } from '../../hal/errors.ts';
import type { StorageFile } from '../../hal/storage.ts';
import { isBetterLog } from './better-log.ts';
import type { Document } from './document.ts';
import { openDocument } from './document.ts';
import { isAged } from './due-messages.ts';
import type { MailboxGlance } from './mailbox-glance.ts';
import type { MailboxContext } from './mailbox-context.ts';
import type { IndexView } from './mailbox-index.ts';
import { MailboxIndex } from './mailbox-index.ts';
import { folderOf, mailboxFolder, messageFolder, messagePath } from './mailbox-paths.ts';
import type { MailboxChoices } from './mailbox-choices.ts';
import { checkChoices, noChoices } from './mailbox-choices.ts';
import type { MailboxState } from './mailbox-state.ts';
import { checkMailboxState, newMailboxState } from './mailbox-state.ts';
import type { MailboxReport } from './mailbox-survey.ts';
import { surveyMailbox } from './mailbox-survey.ts';
import type { Message, MessageState } from './message.ts';
import type { Row } from './message-index.ts';
import { checkIndex, emptyIndex, idOf, rowOf, setState, sinceMsOf, stateOf, versionOf } from './message-index.ts';
import { MessageRemoval } from './message-removal.ts';
import type { MessageReader } from './message-store.ts';
import { DamagedLog } from './read-twice.ts';
import { RecordingReader } from './recording-reader.ts';
import { Serial } from './serial.ts';
import type { StateVersion, VersionedState } from './state-version.ts';
import { changed, firstVersion, unknownVersion } from './state-version.ts';

/**
 * One mailbox on the disk: its delivered messages, its index of them, its document. Every change is made to the files first and
 * is durable there before the index follows; changes run one after another.
 */
export class Mailbox {
  readonly number: string;
  readonly document: Document<MailboxState>;
  readonly choices: Document<MailboxChoices>;
  /** What is known of its messages without a look at the disk. */
  readonly index: IndexView;
  readonly #index: MailboxIndex;
  readonly #context: MailboxContext;
  readonly #removal: MessageRemoval;
  readonly #serial = new Serial();

  private constructor(context: MailboxContext, number: string, documents: { readonly mailbox: Document<MailboxState>; readonly choices: Document<MailboxChoices> }, index: MailboxIndex) {
    this.#context = context;
    this.number = number;
    this.document = documents.mailbox;
    this.choices = documents.choices;
    this.index = index;
    this.#index = index;
    this.#removal = new MessageRemoval(context, number, index, (work) => this.#change(work));
  }

  /**
   * Makes its folders if need be, and brings the index into agreement with the files. `before`: what is known of it for certain, if it was open
   * before. Errors: HalError.
   */
  static async open(context: MailboxContext, number: string, before: MailboxGlance | null = null): Promise<{ mailbox: Mailbox; report: MailboxReport }> {
    const { storage, folders, log } = context;
    await folders.ensure(messageFolder(number));
    const folder = mailboxFolder(number);
    const document = await openDocument(storage, `${folder}/mailbox`, newMailboxState(), checkMailboxState, log, before && { state: before.owner });
    const choices = await openDocument(storage, `${folder}/choices`, noChoices(), checkChoices, log, before && { state: before.choices });
    const index = await openDocument(storage, `${folder}/index`, emptyIndex(), checkIndex, log, before && { state: null });
    const mailbox = new Mailbox(context, number, { mailbox: document, choices }, new MailboxIndex(context, number, index));
    const { rows, report } = await surveyMailbox(context, number, index);
    if (rows !== null) await mailbox.#index.save((state) => (state.messages = [...rows]));
    return { mailbox, report };
  }

  /**
   * Takes over a completed log from the folder it was made in. Of an id that is there already the better log stays, in the state that
   * it has here: one rename puts it in the place of the other. Resolves when its file is durable here. Errors: HalError.
   */
  deliver(path: string, message: Message, version: StateVersion = firstVersion): Promise<void> {
    return this.#change(async () => {
      const { storage, clock } = this.#context;
      const known = this.#index.row(message.id);
      if (known !== undefined && isBetterLog(this.#index.message(known), message)) return this.#discard(path);
      const state = known === undefined ? message.state : stateOf(known);
      const deletedMs = known === undefined ? (state === 'new' ? 0 : clock.wall()) : sinceMsOf(known);
      await storage.rename(path, messagePath(this.number, message.id, state));
      try {
        await storage.syncDirectory(messageFolder(this.number));
        await storage.syncDirectory(folderOf(path));
      } finally {
        // From the rename on it can be heard, whether or not the name is safe yet.
        await this.#index.insert(rowOf({ message: { ...message, state }, deletedMs, version: known === undefined ? version : versionOf(known) }));
        this.#context.touched(this.number, message.id);
      }
    });
  }

  /** `next` sees the state as it is when the change has its turn. Whether anything changed. Errors: HalError. */
  mark(id: string, next: (now: MessageState) => MessageState): Promise<boolean> {
    return this.adopt(id, ({ state, version }) => {
      const wanted = next(state);
      return { state: wanted, version: wanted === state ? version : changed(version, this.#context.counter) };
    });
  }

  /** The same with a state that was made elsewhere. A version alone is written with the index, and no loss without it. Errors: HalError. */
  adopt(id: string, next: (now: VersionedState) => VersionedState): Promise<boolean> {
    return this.#change(async () => {
      const row = this.#index.row(id);
      if (row === undefined) return false;
      const { state, version } = next({ state: stateOf(row), version: versionOf(row) });
      const set = (made: StateVersion): void => setState(row, state, made, this.#context.clock.wall());
      if (stateOf(row) === state) {
        if (versionOf(row) !== version) await this.#adoptVersion(versionOf(row), () => set(version));
        return false;
      }
      await this.#context.storage.rename(messagePath(this.number, id, stateOf(row)), messagePath(this.number, id, state));
      await this.#index.settle((isDurable) => set(isDurable || this.#context.counter === null ? version : unknownVersion));
      this.#context.touched(this.number, id);
      return true;
    });
  }

  /** Removes for good, and remembers it if that is wanted. Whether there was one. Errors: HalError. */
  purge(id: string): Promise<boolean> {
    return this.#removal.purge(id);
  }

  /** What the partner has purged, unless it was changed here meanwhile. Errors: HalError. */
  purgeAs(id: string, version: StateVersion): Promise<boolean> {
    return this.#removal.purgeAs(id, version);
  }

  /** Lets go of what lies elsewhere, if `may` has nothing against it: that is no purge. Whether there was one. Errors: HalError. */
  letGo(id: string, may: (state: MessageState) => boolean): Promise<boolean> {
    return this.#removal.letGo(id, may);
  }

  /** Errors: HalError not-found; io when the medium fails, and when it is proven to be no recording at all: then it is set aside, and no longer listed. */
  reader(id: string): Promise<MessageReader> {
    return this.#serial.run(async () => {
      const row = this.#index.row(id);
      if (row === undefined) throw new HalError('not-found', `${this.number}/${id}`, 'no such message');
      try {
        const { bytes } = this.#index.message(row);
        return await RecordingReader.open(this.#context.storage, messagePath(this.number, id, stateOf(row)), bytes);
      } catch (error) {
        if (error instanceof DamagedLog || (error instanceof HalError && error.id === 'not-found')) await this.#removal.giveUp(row, error.message);
        throw error;
      }
    });
  }

  /** A message's file and the state it had when it was opened; null = no such message. Errors: HalError. */
  open(id: string): Promise<{ readonly file: StorageFile; readonly state: MessageState } | null> {
    return this.#serial.run(async () => {
      const row = this.#index.row(id);
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
  emptyTrash(beforeMs: number, keep: number): Promise<number> {
    return this.#removal.emptyTrash(beforeMs, keep);
  }

  /** Deletes what has been in its state for too long. `keptMs`: for how long a state is kept; 0 = for ever. Returns how many. Errors: HalError. */
  async age(nowMs: number, keptMs: (state: MessageState) => number): Promise<number> {
    const isDue = (row: Row): boolean => isAged(row, nowMs, keptMs);
    const due = this.#index.rows.filter(isDue);
    for (const row of due) await this.mark(idOf(row), (now) => (now === stateOf(row) && isDue(row) ? 'deleted' : now));
    return due.length;
  }

  idle(): Promise<void> {
    return this.#serial.idle();
  }

  get hasSavedDocuments(): boolean {
    return this.document.isSaved && this.choices.isSaved;
  }

  get isSaved(): boolean {
    return this.hasSavedDocuments && this.index.isSaved;
  }

  /** Whether all is saved, at the latest now, that ever can be. Never throws. */
  async trySave(): Promise<boolean> {
    for (const document of [this.document, this.choices]) {
      if (!document.isSaved) await document.change(() => undefined).catch(() => undefined);
    }
    return (await this.#index.trySave()) && this.hasSavedDocuments;
  }

  async #change<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#serial.run(work);
    } catch (error) {
      this.#context.doubted(this.number);
      throw error;
    }
  }

  /** An unknown one may be that of a name whose sync failed. */
  async #adoptVersion(now: StateVersion, set: () => void): Promise<void> {
    if (now === unknownVersion) await this.#context.storage.syncDirectory(messageFolder(this.number));
    await this.#index.save(set);
  }

  async #discard(path: string): Promise<void> {
    await this.#context.storage.remove(path);
    await this.#context.storage.syncDirectory(folderOf(path));
  }
}
