import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { Folders } from './folders.ts';
import { reserveBytes } from './log-writer.ts';
import type { MailboxDocuments } from './mailbox-documents.ts';
import { greetingFolder, greetingPath, greetingsFolder, isMailboxNumber } from './mailbox-paths.ts';
import type { StoredRecording } from './mailbox-state.ts';
import type { GreetingKind } from './owner-choices.ts';
import { greetingKinds } from './owner-choices.ts';
import type { MessageReader } from './message-store.ts';
import { bytesPerMs } from './recording.ts';
import { RecordingReader } from './recording-reader.ts';
import { RecordingWriter } from './recording-writer.ts';
import { Serial } from './serial.ts';
import { removeGreetingFile, removeUnusedGreetings } from './unused-greetings.ts';
import { UuidV7 } from './uuidv7.ts';

export interface GreetingStoreOptions {
  readonly storage: Storage;
  readonly folders: Folders;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly documents: MailboxDocuments;
  /** Awaited before anything is made for a mailbox: should it be left behind, the next start finds it there. Errors: HalError. */
  readonly changing: (mailbox: string) => Promise<void>;
  /** Longest greeting, seconds. */
  readonly maxSec: () => number;
}

/** A greeting being recorded. `append` and `failed` as in MessageWriter. */
export interface GreetingWriter {
  readonly id: string;
  append(bytes: Uint8Array, lostPackets: number): boolean;
  /** Resolves when what was appended is written: for who has it all at once, and would fill the queue. */
  idle(): Promise<void>;
  readonly failed: boolean;
  /** Durable when it resolves, and not yet in force. Errors: HalError, and nothing is left. */
  finish(reason: string, keepMs?: number): Promise<StoredRecording>;
  abandon(): Promise<void>;
}

/**
 * Greetings and spoken names: `greetings/<mailbox>/<kind>-<id>.rec`, framed logs like messages. Which one is in force stands in
 * the mailbox's document, so a power cut leaves the old one or the new one, never none:
 *
 *   record ── finish (file durable) ── commit (document durable) ── the old file goes
 */
export class GreetingStore {
  /** Told when another recording (or none) has come in force. */
  changed: ((mailbox: string, kind: GreetingKind) => void) | null = null;
  readonly #options: GreetingStoreOptions;
  readonly #ids: UuidV7;
  readonly #serial = new Serial();
  /** Mailboxes by the ids of recordings that are neither in force nor gone: each is a file. */
  readonly #unfinished = new Map<string, string>();

  constructor(options: GreetingStoreOptions) {
    this.#options = options;
    this.#ids = new UuidV7(options.clock, options.random);
  }

  /** After the message store's open: removes what was recorded and never put in force, where `mayHave` some. Errors: HalError. */
  async open(mayHave: (mailbox: string) => boolean): Promise<void> {
    const { storage, folders } = this.#options;
    await folders.ensure(greetingsFolder);
    for (const number of (await storage.list(greetingsFolder)).filter(isMailboxNumber)) if (mayHave(number)) await removeUnusedGreetings(this.#options, number, this.#namesInForce(number));
  }

  /** Mailboxes for which something is being recorded, or waits to be put in force, or should be gone and is not. */
  unfinished(): ReadonlySet<string> {
    return new Set(this.#unfinished.values());
  }

  /** What is in force; null = the system's. */
  current(mailbox: string, kind: GreetingKind): StoredRecording | null {
    const { documents } = this.#options;
    if (kind === 'greeting' || kind === 'name') return documents.openedDocument(mailbox)?.state.owner[kind] ?? null;
    return documents.openedChoices(mailbox)?.state.greetings[kind] ?? null;
  }

  /** Kinds of which one is in force. */
  #kinds(mailbox: string): GreetingKind[] {
    const { documents } = this.#options;
    const [owner, greetings] = [documents.openedDocument(mailbox)?.state.owner, documents.openedChoices(mailbox)?.state.greetings];
    return greetingKinds.filter((kind) => ((kind === 'greeting' || kind === 'name' ? owner?.[kind] : greetings?.[kind]) ?? null) !== null);
  }

  /** All that are in force. */
  inForce(): { readonly mailbox: string; readonly kind: GreetingKind }[] {
    return this.#options.documents.numbers().flatMap((mailbox) => this.#kinds(mailbox).map((kind) => ({ mailbox, kind })));
  }

  /**
   * A recording finished elsewhere, under its own id; must not be the one in force. Durable when it resolves, and not yet in force.
   * Errors: HalError, those of `audio`; then nothing is left.
   */
  async put(mailbox: string, kind: GreetingKind, { id, codec, bytes }: Omit<StoredRecording, 'durationMs'>, audio: AsyncIterable<Uint8Array>): Promise<StoredRecording> {
    const writer = await this.#begin(mailbox, kind, codec, id, bytes);
    try {
      for await (const chunk of audio) {
        if (!writer.append(chunk, 0)) break;
        await writer.idle();
      }
    } catch (error) {
      await this.#abandon(writer);
      throw error;
    }
    return this.#finish(writer, kind, 'copied');
  }

  /** Errors: HalError no-space, read-only, io. */
  async begin(mailbox: string, kind: GreetingKind, codec: CodecName): Promise<GreetingWriter> {
    const id = this.#ids.next();
    const writer = await this.#begin(mailbox, kind, codec, id, this.#options.maxSec() * 1000 * bytesPerMs);
    return {
      id,
      append: (bytes, lostPackets) => writer.append(bytes, lostPackets),
      idle: () => writer.idle(),
      get failed() {
        return writer.failed;
      },
      finish: (reason, keepMs) => this.#finish(writer, kind, reason, keepMs),
      abandon: () => this.#abandon(writer),
    };
  }

  /** Puts a finished recording in force; the one before it is removed. Errors: HalError. */
  commit(mailbox: string, kind: GreetingKind, recording: StoredRecording): Promise<void> {
    return this.#replace(mailbox, kind, recording);
  }

  /** Back to the system's greeting, or to no name. Errors: HalError. */
  remove(mailbox: string, kind: GreetingKind): Promise<void> {
    return this.#replace(mailbox, kind, null);
  }

  /** Removes a finished recording that is not wanted. Errors: HalError. */
  discard(mailbox: string, kind: GreetingKind, id: string): Promise<void> {
    return this.#serial.run(async () => {
      if (this.current(mailbox, kind)?.id === id) return;
      await this.#options.storage.remove(greetingPath(mailbox, kind, id));
      await this.#options.storage.syncDirectory(greetingFolder(mailbox));
      this.#unfinished.delete(id);
    });
  }

  /** Errors: HalError not-found; io when it cannot be read. */
  reader(mailbox: string, kind: GreetingKind, recording: StoredRecording): Promise<MessageReader> {
    return RecordingReader.open(this.#options.storage, greetingPath(mailbox, kind, recording.id), recording.bytes);
  }

  async #begin(mailbox: string, kind: GreetingKind, codec: CodecName, id: string, bytes: number): Promise<RecordingWriter> {
    const { storage, folders, random, log, clock } = this.#options;
    const folder = greetingFolder(mailbox);
    const facts = { kind, id, mailbox, callerNumber: '', callerName: '', startedMs: clock.wall(), reason: 'default' as const, codec };
    this.#unfinished.set(id, mailbox);
    try {
      await this.#options.changing(mailbox);
      await folders.ensure(folder);
      return await RecordingWriter.begin({ storage, random, log, folder, facts, reserve: reserveBytes(bytes) });
    } catch (error) {
      this.#unfinished.delete(id);
      throw error;
    }
  }

  async #abandon(writer: RecordingWriter): Promise<void> {
    await writer.discard();
    this.#unfinished.delete(writer.facts.id);
  }

  async #finish(writer: RecordingWriter, kind: GreetingKind, reason: string, keepMs?: number): Promise<StoredRecording> {
    const { storage } = this.#options;
    const { path, facts, trailer } = await writer.seal(reason, keepMs);
    if (trailer.interrupted) {
      await storage.remove(path);
      await storage.syncDirectory(greetingFolder(facts.mailbox));
      this.#unfinished.delete(facts.id);
      throw new HalError('io', path, 'the recording was cut short by the disk');
    }
    await storage.rename(path, greetingPath(facts.mailbox, kind, facts.id));
    await storage.syncDirectory(greetingFolder(facts.mailbox));
    return { id: facts.id, codec: facts.codec, bytes: trailer.keepBytes, durationMs: trailer.durationMs };
  }

  #replace(mailbox: string, kind: GreetingKind, recording: StoredRecording | null): Promise<void> {
    return this.#serial.run(async () => {
      const before = this.current(mailbox, kind);
      await this.#put(mailbox, kind, recording);
      if (recording !== null) this.#unfinished.delete(recording.id);
      this.changed?.(mailbox, kind);
      if (before === null || before.id === recording?.id) return;
      this.#unfinished.set(before.id, mailbox);
      if (await removeGreetingFile(this.#options, mailbox, greetingPath(mailbox, kind, before.id))) this.#unfinished.delete(before.id);
    });
  }

  async #put(mailbox: string, kind: GreetingKind, recording: StoredRecording | null): Promise<void> {
    const { documents } = this.#options;
    if (kind === 'greeting' || kind === 'name') return (await documents.mailboxDocument(mailbox)).change(({ owner }) => (owner[kind] = recording));
    const choices = await documents.choicesDocument(mailbox);
    await choices.change(({ greetings }) => {
      if (recording === null) delete greetings[kind];
      else greetings[kind] = recording;
    });
  }

  #namesInForce(number: string): string[] {
    return greetingKinds.flatMap((kind) => {
      const recording = this.current(number, kind);
      return recording === null ? [] : [greetingPath(number, kind, recording.id).slice(greetingFolder(number).length + 1)];
    });
  }
}
