import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import { admit, allowanceBytes } from './admission.ts';
import type { Document } from './document.ts';
import { Folders } from './folders.ts';
import { GreetingStore } from './greeting-store.ts';
import { Hands } from './hands.ts';
import { Mailboxes } from './mailboxes.ts';
import type { MailboxDocuments } from './mailboxes.ts';
import { damagedFolder, isMailboxNumber, mailboxesFolder, newFolder, parseNewName } from './mailbox-paths.ts';
import type { MailboxState } from './mailbox-state.ts';
import type { Admission, Message, MessageFacts, MessageState } from './message.ts';
import { countRows, messageOf } from './message-index.ts';
import type { MailboxCounts, MessageReader, MessageStore, MessageWriter, OpenReport } from './message-store.ts';
import { MessageTransfer } from './message-transfer.ts';
import { OwnerDocuments } from './owner-documents.ts';
import { maxNameLength, maxNumberLength } from './recording.ts';
import { RecordingWriter } from './recording-writer.ts';
import type { SalvageReport } from './salvage.ts';
import { salvage } from './salvage.ts';
import { StoreProbe } from './store-probe.ts';
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
  /** The mark of the unit that this one stands in for, asked when a message begins; null, or left out: it serves for itself. */
  readonly takenFor?: () => string | null;
}

interface Running {
  readonly mailbox: string;
  /** null: its first frame is on its way. */
  writer: RecordingWriter | null;
}

const hourMs = 3_600_000;

/** The message store on files; where they lie is told in mailbox-paths.ts, in which order they are made in README.md. */
export class FileMessageStore implements MessageStore, MailboxDocuments {
  changed: ((mailbox: string) => void) | null = null;
  readonly greetings: GreetingStore;
  readonly owners: OwnerDocuments;
  readonly transfer: MessageTransfer;
  readonly #options: FileMessageStoreOptions;
  readonly #folders: Folders;
  readonly #mailboxes: Mailboxes;
  readonly #ids: UuidV7;
  readonly #probe: StoreProbe;
  readonly #hands: Hands;
  /** By id, from before the file exists until nothing more will be written. */
  readonly #running = new Map<string, Running>();

  constructor(options: FileMessageStoreOptions) {
    this.#options = options;
    this.#folders = new Folders(options.storage);
    this.#mailboxes = new Mailboxes({ ...options, folders: this.#folders });
    this.#ids = new UuidV7(options.clock, options.random);
    this.#probe = new StoreProbe(options.storage);
    this.greetings = new GreetingStore({ ...options, folders: this.#folders, documents: this, maxSec: () => options.settings().maxSec });
    this.owners = new OwnerDocuments(this, (number) => this.#isKnown(number));
    this.#hands = new Hands(options.clock);
    this.transfer = new MessageTransfer({
      ...options, mailboxes: this.#mailboxes, hands: this.#hands, probe: this.#probe, isKnown: (number) => this.#isKnown(number), changed: (number) => this.changed?.(number),
    });
  }

  async open(): Promise<OpenReport> {
    for (const folder of [newFolder, damagedFolder, mailboxesFolder]) await this.#folders.ensure(folder);
    const rebuilt: string[] = [];
    const damaged: { file: string; why: string }[] = [];
    await this.#mailboxes.openAll((number, report) => {
      if (report.rebuilt) rebuilt.push(number);
      damaged.push(...report.damaged);
    });
    await this.greetings.open();
    await this.#observeIds();
    const salvaged = await this.#salvage();
    const messages = this.#mailboxes.all().reduce((sum, mailbox) => sum + mailbox.list(true).length, 0);
    return { messages, salvaged: salvaged.salvaged, damaged: [...damaged, ...salvaged.damaged], rebuilt: rebuilt.sort() };
  }

  async admission(mailbox: string): Promise<Admission> {
    const { storage, settings } = this.#options;
    const works = await this.#probe.works();
    return admit(settings(), {
      known: this.#isKnown(mailbox),
      storeFailed: !works,
      counts: this.counts(mailbox),
      indexIsFull: this.#mailboxes.get(mailbox)?.indexIsFull ?? false,
      running: [...this.#running.values()].filter((running) => running.mailbox === mailbox).length,
      freeBytes: (await storage.space()).freeBytes,
    });
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
      await this.#mailboxes.ensure(facts.mailbox);
      const reserve = allowanceBytes(settings());
      running.writer = await RecordingWriter.begin({ storage, random, log, folder: newFolder, facts: { kind: 'message', id, ...bounded }, reserve });
      return this.#handle(id, running.writer);
    } catch (error) {
      this.#running.delete(id);
      this.#probe.blame(error);
      throw error;
    }
  }

  list(mailbox: string, withDeleted = false): readonly Message[] {
    return this.#mailboxes.get(mailbox)?.list(withDeleted) ?? [];
  }

  counts(mailbox: string): MailboxCounts {
    return this.#mailboxes.get(mailbox)?.counts() ?? countRows([]);
  }

  async mark(mailbox: string, id: string, state: MessageState): Promise<void> {
    const found = this.#mailboxes.get(mailbox);
    if (found === undefined) return;
    this.#hands.touched(mailbox);
    if (!(await this.#blaming(() => found.mark(id, () => state)))) return;
    this.changed?.(mailbox);
  }

  async purge(mailbox: string, id: string): Promise<void> {
    const found = this.#mailboxes.get(mailbox);
    if (found !== undefined && (await this.#blaming(() => found.purge(id)))) this.changed?.(mailbox);
  }

  async reader(mailbox: string, id: string): Promise<MessageReader> {
    const found = this.#mailboxes.get(mailbox);
    if (found === undefined) throw new HalError('not-found', mailbox, 'no such mailbox');
    try {
      return await this.#hands.reading(mailbox, () => found.reader(id));
    } catch (error) {
      // The message may have been set aside.
      this.changed?.(mailbox);
      throw error;
    }
  }

  async housekeep(): Promise<number> {
    const { clock, settings } = this.#options;
    const { deletedKeepHours, mailboxMaxMessages } = settings();
    await this.#salvage();
    let purged = 0;
    for (const mailbox of this.#mailboxes.all()) {
      const count = await mailbox.emptyTrash(clock.wall() - deletedKeepHours * hourMs, mailboxMaxMessages);
      if (count > 0) this.changed?.(mailbox.number);
      purged += count;
    }
    return purged;
  }

  async close(): Promise<void> {
    for (const { writer } of this.#running.values()) await writer?.idle();
    await this.#mailboxes.idle();
  }

  numbers(): readonly string[] {
    return this.#mailboxes.numbers();
  }

  async mailboxDocument(number: string): Promise<Document<MailboxState>> {
    if (!isMailboxNumber(number)) throw new HalError('not-found', number, 'no such mailbox');
    return this.#mailboxes.mailboxDocument(number);
  }

  openedDocument(number: string): Document<MailboxState> | null {
    return this.#mailboxes.openedDocument(number);
  }

  #isKnown(number: string): boolean {
    return this.#options.mailboxes().includes(number) && isMailboxNumber(number);
  }

  #handle(id: string, writer: RecordingWriter): MessageWriter {
    return {
      id,
      append: (bytes, lostPackets) => writer.append(bytes, lostPackets),
      get failed() {
        return writer.failed;
      },
      finish: (reason, keepMs) => this.#ending(id, () => this.#finish(writer, reason, keepMs)),
      abandon: () => this.#ending(id, () => writer.discard()),
    };
  }

  async #finish(writer: RecordingWriter, reason: string, keepMs?: number): Promise<Message> {
    const { path, facts, trailer } = await writer.seal(reason, keepMs);
    const message = messageOf(facts, trailer, 'new');
    await this.#deliver(path, message);
    return message;
  }

  async #deliver(path: string, message: Message): Promise<void> {
    const mailbox = await this.#mailboxes.ensure(message.mailbox);
    await mailbox.deliver(path, message);
    this.changed?.(message.mailbox);
  }

  /** Whatever comes of it, the recording is over; a file left behind is salvage's from now on. */
  #ending<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#blaming(work).finally(() => this.#running.delete(id));
  }

  #salvage(): Promise<SalvageReport> {
    const { storage, log } = this.#options;
    return salvage({
      storage,
      log,
      isRunning: (id) => this.#running.has(id),
      isDelivered: async (mailbox, id) => (await this.#mailboxes.ensure(mailbox)).has(id),
      deliver: (path, message) => this.#deliver(path, message),
    });
  }

  /** New ids come after everything on the disk, even when the clock has lost its time. */
  async #observeIds(): Promise<void> {
    for (const mailbox of this.#mailboxes.all()) this.#observe(mailbox.newestId());
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
