import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import { DistributionLists } from './lists/distribution-lists.ts';
import { Delivery } from './sending/delivery.ts';
import { Drafts } from './sending/drafts.ts';
import { SendDesk } from './sending/send-desk.ts';
import { DeliveredMessages } from './delivered-messages.ts';
import { Folders } from './folders.ts';
import { FollowedRecordings } from './followed-recordings.ts';
import { GreetingStore } from './greeting-store.ts';
import { Hands } from './hands.ts';
import { Housekeeping } from './housekeeping.ts';
import { Intake } from './intake.ts';
import { Mailboxes } from './mailboxes.ts';
import type { MailboxDocument, MailboxDocuments } from './mailbox-documents.ts';
import type { MailboxRoom } from './mailbox-room.ts';
import type { MailboxFigures } from './mailbox-figures.ts';
import { MailboxFindings } from './mailbox-findings.ts';
import { damagedFolder, isMailboxNumber, mailboxesFolder, newFolder } from './mailbox-paths.ts';
import type { MailboxChoices } from './mailbox-choices.ts';
import type { MailboxState } from './mailbox-state.ts';
import type { Admission, MailboxLimits, Message, MessageFacts, MessageState } from './message.ts';
import type { MailboxCounts, MessageReader, MessageStore, MessageWriter, OpenReport } from './message-store.ts';
import { MessageMirror } from './message-mirror.ts';
import { MessageTransfer } from './message-transfer.ts';
import { greetingKinds } from './owner-choices.ts';
import { OwnerChoices } from './owner-choices-desk.ts';
import { OwnerDocuments } from './owner-documents.ts';
import { RunningRecordings } from './running-recordings.ts';
import { Scrub } from './scrub.ts';
import type { Counter } from './state-version.ts';
import { StoreProbe } from './store-probe.ts';
import { StoreUpkeep } from './store-upkeep.ts';
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
  /** Not under way until it is started. */
  readonly scrub: Scrub;
  readonly #options: FileMessageStoreOptions;
  readonly #folders: Folders;
  readonly #mailboxes: Mailboxes;
  readonly #findings: MailboxFindings;
  readonly #running: RunningRecordings;
  readonly #delivered: DeliveredMessages;
  readonly #upkeep: StoreUpkeep;

  constructor(options: FileMessageStoreOptions) {
    this.#options = options;
    this.#folders = new Folders(options.storage);
    this.#findings = new MailboxFindings(options.log, this);
    const tombstones = new Tombstones(options);
    this.#mailboxes = new Mailboxes({
      ...options, folders: this.#folders, counter: options.counter ?? null,
      tombstones: () => (options.remembersPurges?.() === true ? tombstones : null),
      touched: (mailbox, id) => this.mirror.touched?.(mailbox, id),
      opened: (number, report) => this.#findings.opened(number, report),
      differs: (number, documents) => this.#findings.differs(number, documents),
      unfinished: () => this.greetings.unfinished(),
    });
    const [ids, probe, hands] = [new UuidV7(options.clock, options.random), new StoreProbe(options.storage), new Hands(options.clock)];
    const shared = { mailboxes: this.#mailboxes, probe, changed: (number: string) => this.changed?.(number) };
    this.#running = new RunningRecordings({ ...options, ...shared, ids });
    this.greetings = new GreetingStore({ ...options, folders: this.#folders, documents: this, changing: (number) => this.#mailboxes.changing(number), maxSec: () => options.settings().maxSec });
    this.choices = new OwnerChoices(this);
    this.intake = new Intake({
      ...options, mailboxes: this.#mailboxes, choices: this.choices, probe, isKnown: (number) => this.#isKnown(number), isGreeted: (number) => this.greetings.current(number, 'greeting') !== null,
      limits: options.limits ?? (() => ({ disabled: false, quotaSec: null })), running: (number) => this.#running.countFor(number),
    });
    this.lists = new DistributionLists(options.storage, this.#folders, options.log);
    this.drafts = new Drafts({ ...options, folders: this.#folders, ids, maxSec: () => options.settings().maxSec });
    const delivery = new Delivery({ ...options, closed: (number) => this.intake.closed(number), use: (number, work) => this.#mailboxes.use(number, work), changed: shared.changed });
    const refusal = (bytes: number, recipients: number): ReturnType<Intake['sendRefusal']> => probe.blaming(() => this.intake.sendRefusal(bytes, recipients));
    this.sending = new SendDesk({ ...options, folders: this.#folders, ids, delivery, refusal, takenFor: () => options.takenFor?.() ?? null });
    const housekeeping = new Housekeeping({ ...options, mailboxes: this.#mailboxes, changed: shared.changed });
    this.#delivered = new DeliveredMessages({ ...options, ...shared, hands, housekeeping });
    this.#upkeep = new StoreUpkeep({ mailboxes: this.#mailboxes, housekeeping, salvage: () => this.#running.salvage() });
    this.owners = new OwnerDocuments(this, (number) => this.#isKnown(number));
    this.scrub = new Scrub({ ...options, numbers: () => this.numbers() });
    this.mirror = new MessageMirror({ ...shared, tombstones });
    this.transfer = new MessageTransfer({ ...options, ...shared, hands, isKnown: (number) => this.#isKnown(number), isRecording: (id) => this.#running.isRunning(id) });
    this.followed = new FollowedRecordings({
      ...options, folders: this.#folders, writerOf: (id) => this.#running.writerOf(id), run: (mailbox, id, writer) => this.#running.adopt(mailbox, id, writer),
    });
  }

  async open(): Promise<OpenReport> {
    for (const folder of [newFolder, damagedFolder, mailboxesFolder]) await this.#folders.ensure(folder);
    await this.#mailboxes.open();
    const { rebuilt, damaged } = this.#findings.ofStart();
    // Nothing was begun for a mailbox that has not changed.
    await this.greetings.open((number) => !this.#mailboxes.isUnverified(number));
    await this.followed.open();
    await this.lists.open();
    await this.drafts.open();
    await this.sending.open();
    const salvaged = await this.#running.open();
    const messages = this.numbers().reduce((sum, number) => sum + this.figures(number).messages, 0);
    return { messages, salvaged: salvaged.salvaged, damaged: [...damaged, ...salvaged.damaged], rebuilt: rebuilt.sort() };
  }

  admission(mailbox: string): Promise<Admission> {
    return this.intake.admission(mailbox);
  }

  begin(facts: MessageFacts): Promise<MessageWriter> {
    return this.#running.begin(facts);
  }

  messages(mailbox: string, withDeleted = false): Promise<readonly Message[]> {
    return this.#delivered.messages(mailbox, withDeleted);
  }

  /** The same at once, of a mailbox that is in memory, as the last ones used are. Errors: HalError busy, of one that is not. */
  list(mailbox: string, withDeleted = false): readonly Message[] {
    return this.#delivered.list(mailbox, withDeleted);
  }

  /** Whether `list` can tell. */
  isOpen(mailbox: string): boolean {
    return this.#delivered.isOpen(mailbox);
  }

  figures(mailbox: string): MailboxFigures {
    return this.#delivered.figures(mailbox);
  }

  counts(mailbox: string): MailboxCounts {
    return this.figures(mailbox).counts;
  }

  mark(mailbox: string, id: string, state: MessageState): Promise<void> {
    return this.#delivered.mark(mailbox, id, state);
  }

  purge(mailbox: string, id: string): Promise<void> {
    return this.#delivered.purge(mailbox, id);
  }

  reader(mailbox: string, id: string): Promise<MessageReader> {
    return this.#delivered.reader(mailbox, id);
  }

  /** The last deleted first. Errors: HalError. */
  deleted(mailbox: string): Promise<readonly { readonly id: string; readonly deletedMs: number }[]> {
    return this.#delivered.deleted(mailbox);
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
    this.#delivered.leave(mailbox);
  }

  housekeep(ages = true): Promise<number> {
    return this.#upkeep.housekeep(ages);
  }

  async close(): Promise<void> {
    await this.#running.idle();
    await this.#delivered.idle();
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
  verify(number: string): Promise<boolean> {
    return this.#upkeep.verify(number);
  }

  /** The same for all of them; those that cannot be looked at stay as they are. Never throws. */
  verifyAll(): Promise<void> {
    return this.#upkeep.verifyAll();
  }

  #isKnown(number: string): boolean {
    const { mailboxes, isMailbox } = this.#options;
    return (isMailbox?.(number) ?? mailboxes().includes(number)) && isMailboxNumber(number);
  }
}
