import { HalError } from '../../../hal/errors.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { Log } from '../../log.ts';
import type { LogWorth } from '../../mailbox/better-log.ts';
import { isBetterLog } from '../../mailbox/better-log.ts';
import { homeFolder } from '../../mailbox/mailbox-paths.ts';
import type { ImportRefusal, MessageTransfer } from '../../mailbox/message-transfer.ts';
import { Serial } from '../../mailbox/serial.ts';
import { PartFiles } from '../part-files.ts';
import { HomeLedger } from './home-ledger.ts';
import { mergedState } from './merged-state.ts';
import type { Offer } from './home-protocol.ts';

export interface ArrivalsParts {
  readonly storage: Storage;
  readonly log: Log;
  /** Of a store that is open. */
  readonly transfer: MessageTransfer;
  /** Of its own for each unit that messages come from; left out: `home`, for the partner; else a folder in it. */
  readonly folder?: string;
  /** Whether the message came by another way: over the backup, say. Left out: there is none. */
  readonly cameElsewhere?: (id: string) => boolean;
}

/**
 * What is here of a message: it came (and may have been purged since), a shorter log of it that is in use, so many bytes of it, or why
 * it cannot come.
 */
export type Standing =
  | { readonly type: 'here' }
  | { readonly type: 'in-hand' }
  | { readonly type: 'begun'; readonly bytes: number }
  | { readonly type: 'refused'; readonly why: ImportRefusal };

/** What came of a part that has all its bytes. */
export type Finish = { readonly type: 'imported' } | { readonly type: 'in-hand' } | { readonly type: 'not-whole'; readonly why: string };

/**
 * Messages on their way in, on the disk of the primary:
 *
 *   pieces -> home/<id>.part, synced each ── ledger 'coming' ── whole? ── rename into the mailbox, folders, index ── acknowledged
 *
 * After 'coming' the part tells what has happened: as long as it is there and nothing as good in the mailbox, the rename has not
 * happened; without a part the message came, and if it is not there its owner has purged it. There is one part at most; a message that
 * begins to come removes what is left of others.
 *
 * A call that the backup carried on leaves two logs of one id: what is here, cut off, gives way to the better one by that same rename.
 */
export class Arrivals {
  readonly #parts: ArrivalsParts;
  readonly #ledger: HomeLedger;
  readonly #files: PartFiles;
  readonly #serial = new Serial();

  private constructor(parts: ArrivalsParts, ledger: HomeLedger, files: PartFiles) {
    this.#parts = parts;
    this.#ledger = ledger;
    this.#files = files;
  }

  /** Before an owner can purge anything: a part whose message is there would otherwise make it come again. Errors: HalError. */
  static async open(parts: ArrivalsParts): Promise<Arrivals> {
    const { storage, log, folder = homeFolder } = parts;
    // Also one that is there: an earlier run may have been killed before it was synced.
    await new PartFiles(storage, homeFolder).open();
    const files = new PartFiles(storage, folder);
    await files.open();
    const arrivals = new Arrivals(parts, await HomeLedger.open(storage, log, folder), files);
    await arrivals.#resolve();
    return arrivals;
  }

  /** Errors: HalError. */
  weigh(offer: Offer): Promise<Standing> {
    return this.#serial.run(async () => {
      const { transfer } = this.#parts;
      // First: a part that does not fit goes, and its entry with it.
      const bytes = await this.#partBytes(offer);
      const entry = this.#ledger.get(offer.id);
      const came = (entry !== null && (entry.phase !== 'coming' || bytes === null)) || this.#parts.cameElsewhere?.(offer.id) === true;
      const here = await transfer.find(offer.mailbox, offer.id);
      if (here === null ? came : !isBetter(offer.worth, here)) return { type: 'here' };
      if (here !== null && transfer.isInUse(offer.mailbox, offer.id)) return { type: 'in-hand' };
      const why = await this.#refusal(offer, bytes ?? 0, here !== null);
      if (why !== null) return { type: 'refused', why };
      await this.#removeOthers(offer.id);
      return { type: 'begun', bytes: bytes ?? 0 };
    });
  }

  /** Resolves when durable. Errors: HalError; then nothing is left of the part. */
  add(offer: Offer, bytes: Uint8Array, at: number): Promise<void> {
    return this.#serial.run(async () => {
      try {
        await this.#write(offer, bytes, at);
      } catch (error) {
        await this.#forget(offer.id).catch(ignoreRefusal);
        throw error;
      }
    });
  }

  /** imported = it is in its mailbox, durably; not whole = nothing is left of the part. Errors: HalError. */
  finish(offer: Offer): Promise<Finish> {
    return this.#serial.run(async () => {
      await this.#syncPart(offer.id);
      // Of a log that gives way: from 'coming' on a state that differs from the offered one would count as newer.
      await this.#join(offer);
      await this.#ledger.set(offer.id, { state: offer.state, phase: 'coming' });
      const result = await this.#parts.transfer.import(this.#files.path(offer.id), offer, offer.state);
      if (result === null) return { type: 'in-hand' };
      if (typeof result !== 'string') return { type: 'imported' };
      await this.#forget(offer.id);
      return { type: 'not-whole', why: result };
    });
  }

  /** Of a message that is here, or was: what has changed on either unit is joined, and all that makes it come only once is durable. Errors: HalError. */
  settle(offer: Offer): Promise<void> {
    return this.#serial.run(async () => {
      const { transfer } = this.#parts;
      const entry = this.#ledger.get(offer.id);
      if (entry === null || entry.phase === 'coming') await transfer.sync(offer.mailbox);
      await this.#join(offer);
      // A state that was joined must not count as the owner's next time.
      if (entry?.state !== offer.state) await this.#ledger.set(offer.id, { state: offer.state, phase: 'came' });
      else this.#ledger.note(offer.id, 'came');
      await this.#removePart(offer.id);
    });
  }

  /** Whether it came by this way; its owner may have purged it since. */
  came(id: string): boolean {
    const entry = this.#ledger.get(id);
    return entry !== null && entry.phase !== 'coming';
  }

  /** The backup's copy is gone. */
  confirmed(id: string): void {
    this.#ledger.note(id, 'settled');
  }

  /** The backup has nothing left. */
  allConfirmed(): void {
    for (const id of this.#ledger.idsIn('came')) this.#ledger.note(id, 'settled');
  }

  /** Errors: HalError. */
  flush(): Promise<void> {
    return this.#serial.run(() => this.#ledger.flush());
  }

  #join({ mailbox, id, state }: Offer): Promise<void> {
    const known = this.#ledger.get(id)?.state ?? null;
    return this.#parts.transfer.join(mailbox, id, (here) => mergedState(known, here, state));
  }

  async #resolve(): Promise<void> {
    const parts = new Set(await this.#files.ids());
    for (const id of this.#ledger.idsIn('coming')) {
      if (parts.has(id) && !(await this.#isDelivered(id))) continue;
      this.#ledger.note(id, 'came');
      if (!parts.has(id)) continue;
      await this.#ledger.flush();
      await this.#files.remove(id);
    }
  }

  /** Of a message with a part: whether that was renamed, and its old name only outlived a power cut. */
  async #isDelivered(id: string): Promise<boolean> {
    const here = await this.#parts.transfer.findAnywhere(id);
    if (here === null) return false;
    // A part that cannot be read now is of no use: it comes again if what is here is less than the partner has.
    const worth = await this.#parts.transfer.worthOf(this.#files.path(id)).catch(noneIfRefused);
    return !isBetter(worth, here);
  }

  async #refusal(offer: Offer, have: number, replaces: boolean): Promise<ImportRefusal | null> {
    if (!this.#ledger.takes(offer.id)) return 'store-full';
    const why = await this.#parts.transfer.refusal(offer.mailbox, offer.bytes - have);
    return why === 'mailbox-full' && replaces ? null : why;
  }

  /** null = none; one that is too long is none of this message. */
  async #partBytes({ id, bytes }: Offer): Promise<number | null> {
    const found = await this.#files.bytes(id);
    if (found === null || found <= bytes) return found;
    await this.#forget(id);
    return null;
  }

  async #write({ id }: Offer, bytes: Uint8Array, at: number): Promise<void> {
    if (at === 0) await this.#forget(id);
    await this.#files.write(id, bytes, at);
  }

  async #syncPart(id: string): Promise<void> {
    try {
      await this.#files.sync(id);
    } catch (error) {
      await this.#forget(id).catch(ignoreRefusal);
      throw error;
    }
  }

  /** The entry goes first, durably: without a part it would mean that the message came. */
  async #forget(id: string): Promise<void> {
    if ((await this.#files.bytes(id)) === null) return;
    if (this.#ledger.get(id)?.phase === 'coming') await this.#ledger.drop(id);
    else await this.#ledger.flush();
    await this.#files.remove(id);
  }

  /** Of a message that came: that must be known without it. */
  async #removePart(id: string): Promise<void> {
    if ((await this.#files.bytes(id)) === null) return;
    await this.#ledger.flush();
    await this.#files.remove(id);
  }

  async #removeOthers(id: string): Promise<void> {
    for (const other of await this.#files.ids()) if (other !== id) await this.#forget(other);
  }
}

const isBetter = (worth: LogWorth | null, here: LogWorth): boolean => worth !== null && isBetterLog(worth, here);

function noneIfRefused(error: unknown): null {
  if (error instanceof HalError) return null;
  throw error;
}

/** The failure that led here is told; a part that cannot be removed now is when the next message comes. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof HalError)) throw error;
}
