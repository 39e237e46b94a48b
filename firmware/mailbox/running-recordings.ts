import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import { allowanceBytes } from './admission.ts';
import { isMailboxNumber, newFolder, parseNewName } from './mailbox-paths.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { ChosenMarks, Message, MessageFacts } from './message.ts';
import { messageOf } from './message-index.ts';
import type { MessageWriter } from './message-store.ts';
import { maxNameLength, maxNumberLength } from './recording.ts';
import { RecordingWriter } from './recording-writer.ts';
import type { SalvageReport } from './salvage.ts';
import { salvage } from './salvage.ts';
import type { StoreProbe } from './store-probe.ts';
import type { UuidV7 } from './uuidv7.ts';

export interface RunningParts {
  readonly storage: Storage;
  readonly random: Random;
  readonly log: Log;
  readonly settings: () => Settings['messages'];
  readonly takenFor?: () => string | null;
  readonly ids: UuidV7;
  readonly mailboxes: Mailboxes;
  readonly probe: StoreProbe;
  /** A message was delivered. */
  readonly changed: (mailbox: string) => void;
}

interface Running {
  readonly mailbox: string;
  /** null: its first frame is on its way. */
  writer: RecordingWriter | null;
}

/** Messages that are being recorded, from their first frame until they are delivered; and what lies in `new/` and nobody writes. */
export class RunningRecordings {
  readonly #parts: RunningParts;
  /** By id, from before the file exists until nothing more will be written. */
  readonly #running = new Map<string, Running>();

  constructor(parts: RunningParts) {
    this.#parts = parts;
  }

  /** Once, when all mailboxes are known. New ids come after everything on the disk, even when the clock has lost its time. Errors: HalError. */
  async open(): Promise<SalvageReport> {
    const { storage, mailboxes } = this.#parts;
    for (const number of mailboxes.numbers()) this.#observe(mailboxes.figures(number)?.newestId ?? null);
    for (const name of await storage.list(newFolder)) this.#observe(parseNewName(name));
    return this.salvage();
  }

  /** As MessageStore's. Errors: HalError not-found, no-space, read-only, io. */
  async begin(facts: MessageFacts): Promise<MessageWriter> {
    const { storage, random, log, settings, ids, mailboxes, probe } = this.#parts;
    if (!isMailboxNumber(facts.mailbox)) throw new HalError('not-found', facts.mailbox, 'no such mailbox');
    const id = ids.next();
    const takenFor = this.#parts.takenFor?.() ?? null;
    const bounded = { ...facts, ...(takenFor === null ? {} : { takenFor }), callerNumber: facts.callerNumber.slice(0, maxNumberLength), callerName: facts.callerName.slice(0, maxNameLength) };
    const running: Running = { mailbox: facts.mailbox, writer: null };
    this.#running.set(id, running);
    try {
      await mailboxes.use(facts.mailbox, () => undefined);
      const reserve = allowanceBytes(settings());
      running.writer = await RecordingWriter.begin({ storage, random, log, folder: newFolder, facts: { kind: 'message', id, ...bounded }, reserve });
      return this.#handle(id, running, running.writer);
    } catch (error) {
      this.#running.delete(id);
      probe.blame(error);
      throw error;
    }
  }

  /** One that was begun elsewhere, and goes on here. */
  adopt(mailbox: string, id: string, writer: RecordingWriter): MessageWriter {
    const running: Running = { mailbox, writer };
    this.#running.set(id, running);
    return this.#handle(id, running, writer);
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  /** null = there is none of that id, or its first frame is on its way. */
  writerOf(id: string): RecordingWriter | null {
    return this.#running.get(id)?.writer ?? null;
  }

  /** How many are for this mailbox. */
  countFor(number: string): number {
    return [...this.#running.values()].filter(({ mailbox }) => mailbox === number).length;
  }

  /** What was appended so far is durable, or refused. */
  async idle(): Promise<void> {
    for (const { writer } of this.#running.values()) await writer?.idle();
  }

  /** Errors: HalError when `new/` cannot be listed. */
  salvage(): Promise<SalvageReport> {
    const { storage, log, mailboxes } = this.#parts;
    return salvage({
      storage,
      log,
      isRunning: (id) => this.isRunning(id),
      delivered: (mailbox, id) => mailboxes.use(mailbox, ({ index }) => index.find(id)),
      deliver: (path, message) => this.#deliver(path, message),
    });
  }

  #handle(id: string, running: Running, writer: RecordingWriter): MessageWriter {
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
    await this.#parts.mailboxes.use(message.mailbox, (mailbox) => mailbox.deliver(path, message));
    this.#parts.changed(message.mailbox);
  }

  /** Whatever comes of it, the recording is over; a file left behind is salvage's from now on. Unless it went to the partner and came back meanwhile. */
  #ending<T>(id: string, running: Running, work: () => Promise<T>): Promise<T> {
    return this.#parts.probe.blaming(work).finally(() => this.#running.get(id) === running && this.#running.delete(id));
  }

  #observe(id: string | null): void {
    if (id !== null) this.#parts.ids.observe(id);
  }
}
