import { HalError } from '../../hal/errors.ts';
import type { Storage, StorageFile } from '../../hal/storage.ts';
import type { Settings } from '../config/settings.ts';
import { allowanceBytes, keptBackBytes } from './admission.ts';
import type { LogWorth } from './better-log.ts';
import { isBetterLog } from './better-log.ts';
import { eachMailbox } from './each-mailbox.ts';
import type { Hands } from './hands.ts';
import type { Mailboxes } from './mailboxes.ts';
import { noFigures } from './mailbox-figures.ts';
import { isMailboxNumber } from './mailbox-paths.ts';
import { messageOf } from './message-index.ts';
import type { Message, MessageState } from './message.ts';
import type { StateVersion } from './state-version.ts';
import { firstVersion } from './state-version.ts';
import type { StoreProbe } from './store-probe.ts';
import type { WholeLog } from './whole-log.ts';
import { readWholeLog } from './whole-log.ts';

export interface TransferParts {
  readonly storage: Storage;
  readonly mailboxes: Mailboxes;
  readonly hands: Hands;
  readonly probe: StoreProbe;
  readonly settings: () => Settings['messages'];
  readonly isKnown: (mailbox: string) => boolean;
  /** Whether a recording of this id is being written. */
  readonly isRecording: (id: string) => boolean;
  readonly changed: (mailbox: string) => void;
}

/** A whole message as it lies here. */
export interface Parcel extends WholeLog {
  readonly state: MessageState;
}

/** Why a message cannot be taken in: the mailbox is not configured, its index is full, the disk is full, the disk takes no writes. */
export type ImportRefusal = 'mailbox-unknown' | 'mailbox-full' | 'store-full' | 'store-failed';

/** What came of letting a message go. */
export type Release = 'gone' | 'changed' | 'in-hand';

/** Messages that leave this store for another, and that come from one, as the logs they are. */
export class MessageTransfer {
  readonly #parts: TransferParts;

  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  /** The oldest message younger than `after` ('' = of all), deleted or not, that was taken for another unit than `own` and whose mailbox nobody has in hand. Errors: HalError, when none was found where one may lie that cannot be read. */
  async oldestTaken(own: string, after: string): Promise<Message | null> {
    const { mailboxes, hands } = this.#parts;
    let oldest: Message | null = null;
    const places = this.#takenAt(own, after);
    const looks = eachMailbox(places.keys(), async (number) => {
      if (hands.isHeld(number) || (oldest !== null && (places.get(number) ?? '') >= oldest.id)) return;
      const found: Message | null = await mailboxes.useKnown(number, ({ index }) => index.oldestTaken(own, after));
      if (found !== null && (oldest === null || found.id < oldest.id)) oldest = found;
    });
    return foundDespite(looks, () => oldest);
  }

  /** How many were taken for another unit than `own`, in hand or not. */
  taken(own: string): { readonly messages: number; readonly bytes: number } {
    const { mailboxes } = this.#parts;
    const counts = mailboxes.numbers().flatMap((number) => (mailboxes.figures(number)?.taken ?? []).filter((one) => one.for !== own));
    return { messages: sum(counts.map(({ messages }) => messages)), bytes: sum(counts.map(({ bytes }) => bytes)) };
  }

  /** Reads through the message; a text says what is damaged, null: there is none. Errors: HalError but io and not-found, which are damage. */
  async examine(mailbox: string, id: string): Promise<Parcel | string | null> {
    try {
      return await this.#withFile(mailbox, id, async (file, state) => parcelOf(await readWholeLog(file), id, state));
    } catch (error) {
      if (error instanceof HalError && (error.id === 'io' || error.id === 'not-found')) return error.message;
      throw error;
    }
  }

  /** Up to `length` bytes of its log; null: no such message. Errors: HalError. */
  piece(mailbox: string, id: string, offset: number, length: number): Promise<Uint8Array | null> {
    return this.#withFile(mailbox, id, async (file) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, await file.read(bytes, offset));
    });
  }

  /** Removes for good what another store has taken over in `state`. 'gone' is durable, and also the answer for what is not there. Errors: HalError. */
  async release(mailbox: string, id: string, state: MessageState): Promise<Release> {
    const { mailboxes, hands, changed } = this.#parts;
    if ((await this.find(mailbox, id)) === null) return this.#goneFor(mailbox);
    let result: Release = 'gone';
    const may = (now: MessageState): boolean => {
      result = now !== state ? 'changed' : hands.isHeld(mailbox) ? 'in-hand' : 'gone';
      return result === 'gone';
    };
    if (await this.#blaming(() => mailboxes.useKnown(mailbox, (found) => found.letGo(id, may)))) changed(mailbox);
    return result;
  }

  /** Errors: HalError. */
  find(mailbox: string, id: string): Promise<Message | null> {
    return this.#parts.mailboxes.useKnown(mailbox, ({ index }) => index.find(id));
  }

  /** In whichever mailbox it is: those whose messages are all older or all younger are not looked into. Errors: HalError, when it may lie where nothing can be read. */
  async findAnywhere(id: string): Promise<Message | null> {
    const { mailboxes } = this.#parts;
    let found: Message | null = null;
    const looks = eachMailbox(mailboxes.numbers(), async (number) => {
      if (found !== null) return;
      const { oldestId, newestId } = mailboxes.figures(number) ?? noFigures;
      if (oldestId !== null && newestId !== null && oldestId <= id && id <= newestId) found = await this.find(number, id);
    });
    return foundDespite(looks, () => found);
  }

  /** Whether its owner has the mailbox in hand, or the message is still being recorded: then its log is left alone. */
  isInUse(mailbox: string, id: string): boolean {
    return this.#parts.hands.isHeld(mailbox) || this.#parts.isRecording(id);
  }

  isRecording(id: string): boolean {
    return this.#parts.isRecording(id);
  }

  /** What the log at `path` holds; null = it is not whole. Errors: HalError. */
  async worthOf(path: string): Promise<LogWorth | null> {
    const log = await this.#read(path);
    return typeof log === 'string' ? null : worthOf(log);
  }

  /**
   * Why a message with so many bytes still to come cannot be taken in; null = it can. The limits of the mailbox do not count: the
   * message was taken already, and its owner is to hear it.
   */
  async refusal(mailbox: string, bytes: number): Promise<ImportRefusal | null> {
    const { storage, mailboxes, probe, settings, isKnown } = this.#parts;
    if (!isKnown(mailbox)) return 'mailbox-unknown';
    // The summary may say so of one that has been emptied since.
    if (mailboxes.isFull(mailbox) && mailboxes.isUnverified(mailbox)) await mailboxes.look(mailbox);
    if (mailboxes.isFull(mailbox)) return 'mailbox-full';
    if (!(await probe.works())) return 'store-failed';
    return (await storage.space()).freeBytes < keptBackBytes(settings()) + bytes ? 'store-full' : null;
  }

  /** The same for the copy of a message that its unit keeps: a new message of this unit's own must still find room behind it. */
  copyRefusal(mailbox: string, bytes: number): Promise<ImportRefusal | null> {
    return this.refusal(mailbox, bytes + allowanceBytes(this.#parts.settings()));
  }

  /**
   * Takes over the log at `path`, durably, when it is whole and what it should be; else a text says why not, and it stays. One that is
   * here already gives way to a better one, unless it is in use: null. Errors: HalError.
   */
  async import(path: string, wanted: { readonly mailbox: string; readonly id: string; readonly bytes: number }, state: MessageState, version: StateVersion = firstVersion): Promise<Message | string | null> {
    const { mailboxes, changed } = this.#parts;
    const log = await this.#read(path);
    const fault = typeof log === 'string' ? log : misfit(log, wanted);
    if (typeof log === 'string' || fault !== null) return String(fault);
    const message = { ...messageOf(log.facts, log.trailer, state), mailbox: wanted.mailbox };
    return mailboxes.use(wanted.mailbox, async (mailbox) => {
      const known = mailbox.index.find(wanted.id);
      if (known !== null && !isBetterLog(message, known)) return known;
      if (known === null ? this.#parts.isRecording(wanted.id) : this.isInUse(wanted.mailbox, wanted.id)) return null;
      try {
        await this.#blaming(() => mailbox.deliver(path, message, version));
      } finally {
        changed(wanted.mailbox);
      }
      return message;
    });
  }

  /** Joins what has become of a message elsewhere with what it is here when the change has its turn. Resolves when durable. Errors: HalError. */
  async join(mailbox: string, id: string, joined: (here: MessageState) => MessageState): Promise<void> {
    if (await this.#blaming(() => this.#parts.mailboxes.useKnown(mailbox, (found) => found.mark(id, joined)))) this.#parts.changed(mailbox);
  }

  /** What came into the mailbox is durable, also where an earlier sync failed. Errors: HalError. */
  async sync(mailbox: string): Promise<void> {
    await this.#blaming(() => this.#parts.mailboxes.useKnown(mailbox, (found) => found.sync()));
  }

  /** A removal whose sync failed has left memory, not yet the disk. */
  async #goneFor(mailbox: string): Promise<Release> {
    await this.sync(mailbox);
    return 'gone';
  }

  /** Mailboxes that may hold a message younger than `after` that was taken for another unit, with the oldest of these, old or not; the oldest first, so that few are opened. */
  #takenAt(own: string, after: string): ReadonlyMap<string, string> {
    const { mailboxes } = this.#parts;
    const places = mailboxes.numbers().flatMap((number) => {
      const { taken, newestId } = mailboxes.figures(number) ?? noFigures;
      const [first] = taken.flatMap((one) => (one.for === own ? [] : [one.oldestId])).sort();
      return first === undefined || (newestId ?? '') <= after ? [] : [[number, first] as const];
    });
    return new Map(places.sort(([, one], [, other]) => (one < other ? -1 : 1)));
  }

  async #withFile<T>(mailbox: string, id: string, look: (file: StorageFile, state: MessageState) => Promise<T>): Promise<T | null> {
    const opened = await this.#parts.mailboxes.useKnown(mailbox, (found) => found.open(id));
    if (opened === null) return null;
    try {
      return await look(opened.file, opened.state);
    } finally {
      await opened.file.close();
    }
  }

  async #read(path: string): Promise<WholeLog | string> {
    const file = await this.#parts.storage.open(path, 'read');
    try {
      return await readWholeLog(file);
    } finally {
      await file.close();
    }
  }

  async #blaming<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#parts.probe.blame(error);
      throw error;
    }
  }
}

/** What was found counts more than that something could not be read. */
async function foundDespite(looks: Promise<void>, found: () => Message | null): Promise<Message | null> {
  try {
    await looks;
  } catch (error) {
    if (found() === null) throw error;
  }
  return found();
}

/** Of a whole log. */
export const worthOf = ({ trailer }: WholeLog): LogWorth => ({ interrupted: trailer.interrupted, bytes: trailer.keepBytes });

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

function parcelOf(log: WholeLog | string, id: string, state: MessageState): Parcel | string {
  if (typeof log === 'string') return log;
  return log.facts.id === id ? { ...log, state } : 'its first frame names another message';
}

function misfit({ facts, bytes }: WholeLog, wanted: { readonly mailbox: string; readonly id: string; readonly bytes: number }): string | null {
  if (!isMailboxNumber(wanted.mailbox) || facts.kind !== 'message' || facts.id !== wanted.id || facts.mailbox !== wanted.mailbox) return 'is not the message that was announced';
  return bytes === wanted.bytes ? null : 'is not as long as was announced';
}
