import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import { allowanceBytes } from './admission.ts';
import { DistributionLists } from './lists/distribution-lists.ts';
import { Delivery } from './sending/delivery.ts';
import { Drafts } from './sending/drafts.ts';
import { SendDesk } from './sending/send-desk.ts';
import { Folders } from './folders.ts';
import { FollowedRecordings } from './followed-recordings.ts';
import { GreetingStore } from './greeting-store.ts';
import { Hands } from './hands.ts';
import { Housekeeping } from './housekeeping.ts';
import { Intake } from './intake.ts';
import { Mailboxes } from './mailboxes.ts';
import type { MailboxDocument, MailboxDocuments, MailboxRoom } from './mailboxes.ts';
import type { MailboxFigures } from './mailbox-figures.ts';
import { noFigures } from './mailbox-figures.ts';
import type { MailboxReport } from './mailbox-survey.ts';
import { damagedFolder, isMailboxNumber, mailboxesFolder, newFolder, parseNewName } from './mailbox-paths.ts';
import type { MailboxChoices } from './mailbox-choices.ts';
import type { MailboxState } from './mailbox-state.ts';
import type { Admission, ChosenMarks, MailboxLimits, Message, MessageFacts, MessageState } from './message.ts';
import { messageOf } from './message-index.ts';
import type { MailboxCounts, MessageReader, MessageStore, MessageWriter, OpenReport } from './message-store.ts';
import { MessageMirror } from './message-mirror.ts';
import { MessageTransfer } from './message-transfer.ts';
import { greetingKinds } from './owner-choices.ts';
import { OwnerChoices } from './owner-choices-desk.ts';
import { OwnerDocuments } from './owner-documents.ts';
import { maxNameLength, maxNumberLength } from './recording.ts';
import { RecordingWriter } from './recording-writer.ts';
import type { SalvageReport } from './salvage.ts';
import { salvage } from './salvage.ts';
import type { Counter } from './state-version.ts';
import { StoreProbe } from './store-probe.ts';
import { Tombstones } from './tombstones.ts';
import { UuidV7 } from './uuidv7.ts';

export interface FileMessageStoreOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Asked at each use, so that a change of configuration counts from the next call on. */
  readonly settings: () => Settings['messages'];
  /** Numbers of the configured mailboxes. */
  readonly mailboxes: () => readonly string[];
  /** Whether it is one of these, where there is a quicker way to know than to look through them. */
  readonly isMailbox?: (mailbox: string) => boolean;
  /** Left out: no mailbox has limits of its own. */
  readonly limits?: (mailbox: string) => MailboxLimits;
  /** The mark of the unit that this one stands in for, asked when a message begins; null, or left out: it serves for itself. */
  readonly takenFor?: () => string | null;
  /** Which unit of a pair this is; null, or left out: of none. */
  readonly counter?: Counter | null;
  /** Whether a purge must be told to the partner; asked at each, left out: never. */
  readonly remembersPurges?: () => boolean;
  /** How much is kept in memory; left out: what suits a unit. */
  readonly room?: MailboxRoom;
}

interface Running {
  readonly mailbox: string;
  /** null: its first frame is on its way. */
  writer: RecordingWriter | null;
}

interface Found {
  readonly rebuilt: string[];
  readonly damaged: { readonly file: string; readonly why: string }[];
}

const nothingFound = (): Found => ({ rebuilt: [], damaged: [] });

/** The message store on files; where they lie is told in mailbox-paths.ts, in which order they are made in README.md. */
export class FileMessageStore implements MessageStore, MailboxDocuments {
  changed: ((mailbox: string) => void) | null = null;
  readonly greetings: GreetingStore;
  readonly owners: OwnerDocuments;
  readonly choices: OwnerChoices;
  readonly intake: Intake;
  readonly drafts: Drafts;
  readonly lists: DistributionLists;
  readonly sending: SendDesk;
  readonly transfer: MessageTransfer;
  readonly followed: FollowedRecordings;
  readonly mirror: MessageMirror;
  readonly #options: FileMessageStoreOptions;
  readonly #folders: Folders;
  readonly #mailboxes: Mailboxes;
  readonly #ids: UuidV7;
  readonly #probe: StoreProbe;
  readonly #hands: Hands;
  readonly #housekeeping: Housekeeping;
  /** What the mailboxes that the start opened were like; null = it is over. */
  #found: Found | null = nothingFound();
  #keeping: Promise<number> | null = null;
  #verifying: Promise<void> | null = null;
  /** Owners whose calls are over, and what they deleted. */
  #leaving: Promise<unknown> = Promise.resolve();
  /** By id, from before the file exists until nothing more will be written. */
  readonly #running = new Map<string, Running>();

  constructor(options: FileMessageStoreOptions) {
    this.#options = options;
    this.#folders = new Folders(options.storage);
    const tombstones = new Tombstones(options);
    this.#mailboxes = new Mailboxes({
      ...options, folders: this.#folders, counter: options.counter ?? null,
      tombstones: () => (options.remembersPurges?.() === true ? tombstones : null),
      touched: (mailbox, id) => this.mirror.touched?.(mailbox, id),
      opened: (number, report) => this.#opened(number, report),
      differs: (number, documents) => this.#differs(number, documents),
      unfinished: () => this.greetings.unfinished(),
    });
    this.#ids = new UuidV7(options.clock, options.random);
    this.#probe = new StoreProbe(options.storage);
    this.greetings = new GreetingStore({ ...options, folders: this.#folders, documents: this, changing: (number) => this.#mailboxes.changing(number), maxSec: () => options.settings().maxSec });
    this.choices = new OwnerChoices(this);
    this.intake = new Intake({
      ...options, mailboxes: this.#mailboxes, choices: this.choices, probe: this.#probe, isKnown: (number) => this.#isKnown(number), isGreeted: (number) => this.greetings.current(number, 'greeting') !== null,
      limits: options.limits ?? (() => ({ disabled: false, quotaSec: null })), running: (number) => [...this.#running.values()].filter(({ mailbox }) => mailbox === number).length,
    });
    this.lists = new DistributionLists(options.storage, this.#folders, options.log);
    this.drafts = new Drafts({ ...options, folders: this.#folders, ids: this.#ids, maxSec: () => options.settings().maxSec });
    const delivery = new Delivery({ ...options, closed: (number) => this.intake.closed(number), use: (number, work) => this.#mailboxes.use(number, work), changed: (number) => this.changed?.(number) });
    const refusal = (bytes: number, recipients: number): ReturnType<Intake['sendRefusal']> => this.#blaming(() => this.intake.sendRefusal(bytes, recipients));
    this.sending = new SendDesk({ ...options, folders: this.#folders, ids: this.#ids, delivery, refusal, takenFor: () => options.takenFor?.() ?? null });
    this.#housekeeping = new Housekeeping({ ...options, mailboxes: this.#mailboxes, changed: (number) => this.changed?.(number) });
    this.owners = new OwnerDocuments(this, (number) => this.#isKnown(number));
    this.#hands = new Hands(options.clock);
    const shared = { mailboxes: this.#mailboxes, probe: this.#probe, changed: (number: string) => this.changed?.(number) };
    this.mirror = new MessageMirror({ ...shared, tombstones });
    this.transfer = new MessageTransfer({ ...options, ...shared, hands: this.#hands, isKnown: (number) => this.#isKnown(number), isRecording: (id) => this.#running.has(id) });
    this.followed = new FollowedRecordings({
      ...options, folders: this.#folders, writerOf: (id) => this.#running.get(id)?.writer ?? null, run: (mailbox, id, writer) => this.#handle(id, { mailbox, writer }),
    });
  }

  async open(): Promise<OpenReport> {
    for (const folder of [newFolder, damagedFolder, mailboxesFolder]) await this.#folders.ensure(folder);
    await this.#mailboxes.open();
    const { rebuilt, damaged } = this.#found ?? nothingFound();
    this.#found = null;
    // Nothing was begun for a mailbox that has not changed.
    await this.greetings.open((number) => !this.#mailboxes.isUnverified(number));
    await this.followed.open();
    await this.lists.open();
    await this.drafts.open();
    await this.sending.open();
    await this.#observeIds();
    const salvaged = await this.#salvage();
    const messages = this.numbers().reduce((sum, number) => sum + this.figures(number).messages, 0);
    return { messages, salvaged: salvaged.salvaged, damaged: [...damaged, ...salvaged.damaged], rebuilt: rebuilt.sort() };
  }

  admission(mailbox: string): Promise<Admission> {
    return this.intake.admission(mailbox);
  }

  async begin(facts: MessageFacts): Promise<MessageWriter> {
    const { storage, random, log, settings } = this.#options;
    if (!isMailboxNumber(facts.mailbox)) throw new HalError('not-found', facts.mailbox, 'no such mailbox');
    const id = this.#ids.next();
    const takenFor = this.#options.takenFor?.() ?? null;
    const bounded = { ...facts, ...(takenFor === null ? {} : { takenFor }), callerNumber: facts.callerNumber.slice(0, maxNumberLength), callerName: facts.callerName.slice(0, maxNameLength) };
    const running: Running = { mailbox: facts.mailbox, writer: null };
    this.#running.set(id, running);
    try {
      await this.#mailboxes.use(facts.mailbox, () => undefined);
      const reserve = allowanceBytes(settings());
      running.writer = await RecordingWriter.begin({ storage, random, log, folder: newFolder, facts: { kind: 'message', id, ...bounded }, reserve });
      return this.#handle(id, running);
    } catch (error) {
      this.#running.delete(id);
      this.#probe.blame(error);
      throw error;
    }
  }

  async messages(mailbox: string, withDeleted = false): Promise<readonly Message[]> {
    return (await this.#mailboxes.useKnown(mailbox, ({ index }) => index.list(withDeleted))) ?? [];
  }

  /** The same at once, of a mailbox that is in memory, as the last ones used are. Errors: HalError busy, of one that is not. */
  list(mailbox: string, withDeleted = false): readonly Message[] {
    const found = this.#mailboxes.peek(mailbox);
    if (found === null && this.#mailboxes.isKnown(mailbox)) throw new HalError('busy', mailbox, 'the mailbox must be opened first');
    return found?.index.list(withDeleted) ?? [];
  }

  /** Whether `list` can tell. */
  isOpen(mailbox: string): boolean {
    return this.#mailboxes.peek(mailbox) !== null || !this.#mailboxes.isKnown(mailbox);
  }

  figures(mailbox: string): MailboxFigures {
    return this.#mailboxes.figures(mailbox) ?? noFigures;
  }

  counts(mailbox: string): MailboxCounts {
    return this.figures(mailbox).counts;
  }

  async mark(mailbox: string, id: string, state: MessageState): Promise<void> {
    if (this.#mailboxes.isKnown(mailbox)) this.#hands.touched(mailbox);
    if (await this.#blaming(() => this.#mailboxes.useKnown(mailbox, (found) => found.mark(id, () => state)))) this.changed?.(mailbox);
  }

  async purge(mailbox: string, id: string): Promise<void> {
    if (await this.#blaming(() => this.#mailboxes.useKnown(mailbox, (found) => found.purge(id)))) this.changed?.(mailbox);
  }

  async reader(mailbox: string, id: string): Promise<MessageReader> {
    if (!this.#mailboxes.isKnown(mailbox)) throw new HalError('not-found', mailbox, 'no such mailbox');
    try {
      return await this.#hands.reading(mailbox, () => this.#mailboxes.use(mailbox, (found) => found.reader(id)));
    } catch (error) {
      // The message may have been set aside.
      this.changed?.(mailbox);
      throw error;
    }
  }

  /** The last deleted first. Errors: HalError. */
  async deleted(mailbox: string): Promise<readonly { readonly id: string; readonly deletedMs: number }[]> {
    const entries = (await this.#mailboxes.useKnown(mailbox, ({ index }) => index.entries())) ?? [];
    const deleted = entries.filter(({ message }) => message.state === 'deleted').map(({ message, deletedMs }) => ({ id: message.id, deletedMs }));
    return deleted.sort((left, right) => right.deletedMs - left.deletedMs);
  }

  /** Removes its messages, deleted ones too, and its greetings and name, for good. Errors: HalError; what is gone by then stays gone. */
  async clear(mailbox: string): Promise<{ readonly messages: number; readonly recordings: number }> {
    const messages = await this.messages(mailbox, true);
    for (const { id } of messages) await this.purge(mailbox, id);
    const recorded = greetingKinds.filter((kind) => this.greetings.current(mailbox, kind) !== null);
    for (const kind of recorded) await this.greetings.remove(mailbox, kind);
    // Without its greeting nothing is repeated for callers: they may leave messages again.
    if (this.choices.options(mailbox).loopGreeting) await this.choices.change(mailbox, (choices) => (choices.options = { ...choices.options, loopGreeting: false }));
    return { messages: messages.length, recordings: recorded.length };
  }

  leave(mailbox: string): void {
    if (this.#options.settings().deletedKeepHours > 0 || this.counts(mailbox).deleted === 0) return;
    const failed = (error: unknown): void => this.#options.log.write('error', 'housekeeping-failed', String(error), { mailbox });
    this.#leaving = Promise.all([this.#leaving, this.#blaming(() => this.#mailboxes.useKnown(mailbox, (found) => this.#housekeeping.emptyTrash(found))).catch(failed)]);
  }

  housekeep(ages = true): Promise<number> {
    this.#keeping ??= this.#keep(ages).finally(() => (this.#keeping = null));
    return this.#keeping;
  }

  async close(): Promise<void> {
    for (const { writer } of this.#running.values()) await writer?.idle();
    await this.#leaving;
    await this.#mailboxes.close();
  }

  numbers(): readonly string[] {
    return this.#mailboxes.numbers();
  }

  look(number: string): Promise<void> {
    return this.#mailboxes.look(number);
  }

  async mailboxDocument(number: string): Promise<MailboxDocument<MailboxState>> {
    if (!isMailboxNumber(number)) throw new HalError('not-found', number, 'no such mailbox');
    return this.#mailboxes.mailboxDocument(number);
  }

  openedDocument(number: string): Pick<MailboxDocument<MailboxState>, 'state'> | null {
    return this.#mailboxes.openedDocument(number);
  }

  async choicesDocument(number: string): Promise<MailboxDocument<MailboxChoices>> {
    if (!isMailboxNumber(number)) throw new HalError('not-found', number, 'no such mailbox');
    return this.#mailboxes.choicesDocument(number);
  }

  openedChoices(number: string): Pick<MailboxDocument<MailboxChoices>, 'state'> | null {
    return this.#mailboxes.openedChoices(number);
  }

  /** Looks at a mailbox of which only the summary has told; false = it did not have to. Errors: HalError. */
  async verify(number: string): Promise<boolean> {
    if (!this.#mailboxes.isUnverified(number)) return false;
    await this.#mailboxes.look(number);
    return true;
  }

  /** The same for all of them; those that cannot be looked at stay as they are. Never throws. */
  verifyAll(): Promise<void> {
    this.#verifying ??= this.#mailboxes.verify().finally(() => (this.#verifying = null));
    return this.#verifying;
  }

  async #keep(ages: boolean): Promise<number> {
    await this.#salvage();
    await this.verifyAll();
    return this.#housekeeping.run(ages);
  }

  #opened(number: string, { rebuilt, damaged }: MailboxReport): void {
    if (this.#found !== null) {
      if (rebuilt) this.#found.rebuilt.push(number);
      this.#found.damaged.push(...damaged);
      return;
    }
    if (rebuilt || damaged.length > 0) this.#options.log.write('error', 'mailbox-mended', `The index of a mailbox was made anew, or files of it are damaged: ${damaged.map(({ file, why }) => `${file}: ${why}`).join('; ')}`, { mailbox: number });
  }

  #differs(number: string, documents: boolean): void {
    this.#options.log.write('warning', 'mailbox-differs', 'A mailbox was changed while the unit was stopped; its messages were counted anew.', { mailbox: number });
    this.changed?.(number);
    if (!documents) return;
    this.#tellDocuments(number);
  }

  /** What the site has of it may be another too. What is missing is not told: a loss must never be published. */
  #tellDocuments(number: string): void {
    if (this.owners.storedRecord(number) !== null) this.owners.changed?.(number);
    if (this.choices.record(number) !== null) this.choices.changed?.(number);
    for (const kind of greetingKinds) if (this.greetings.current(number, kind) !== null) this.greetings.changed?.(number, kind);
  }

  #isKnown(number: string): boolean {
    const { mailboxes, isMailbox } = this.#options;
    return (isMailbox?.(number) ?? mailboxes().includes(number)) && isMailboxNumber(number);
  }

  #handle(id: string, running: Running): MessageWriter {
    const writer = running.writer as RecordingWriter;
    this.#running.set(id, running);
    return {
      id,
      append: (bytes, lostPackets) => writer.append(bytes, lostPackets),
      get failed() {
        return writer.failed;
      },
      finish: (reason, keepMs, marks) => this.#ending(id, running, () => this.#finish(writer, reason, keepMs, false, marks)),
      cutOff: (reason) => this.#ending(id, running, () => this.#finish(writer, reason, undefined, true)),
      abandon: () => this.#ending(id, running, () => writer.discard()),
    };
  }

  async #finish(writer: RecordingWriter, reason: string, keepMs?: number, cutOff?: boolean, marks?: ChosenMarks): Promise<Message> {
    const { path, facts, trailer } = await writer.seal(reason, keepMs, cutOff, marks);
    const message = messageOf(facts, trailer, 'new');
    await this.#deliver(path, message);
    return message;
  }

  async #deliver(path: string, message: Message): Promise<void> {
    await this.#mailboxes.use(message.mailbox, (mailbox) => mailbox.deliver(path, message));
    this.changed?.(message.mailbox);
  }

  /** Whatever comes of it, the recording is over; a file left behind is salvage's from now on. Unless it went to the partner and came back meanwhile. */
  #ending<T>(id: string, running: Running, work: () => Promise<T>): Promise<T> {
    return this.#blaming(work).finally(() => this.#running.get(id) === running && this.#running.delete(id));
  }

  #salvage(): Promise<SalvageReport> {
    const { storage, log } = this.#options;
    return salvage({
      storage,
      log,
      isRunning: (id) => this.#running.has(id),
      delivered: (mailbox, id) => this.#mailboxes.use(mailbox, ({ index }) => index.find(id)),
      deliver: (path, message) => this.#deliver(path, message),
    });
  }

  /** New ids come after everything on the disk, even when the clock has lost its time. */
  async #observeIds(): Promise<void> {
    for (const number of this.numbers()) this.#observe(this.figures(number).newestId);
    for (const name of await this.#options.storage.list(newFolder)) this.#observe(parseNewName(name));
  }

  #observe(id: string | null): void {
    if (id !== null) this.#ids.observe(id);
  }

  async #blaming<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#probe.blame(error);
      throw error;
    }
  }
}
