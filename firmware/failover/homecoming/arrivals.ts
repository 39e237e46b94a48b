import { HalError } from '../../../hal/errors.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { Log } from '../../log.ts';
import { homeFolder } from '../../mailbox/mailbox-paths.ts';
import type { ImportRefusal, MessageTransfer } from '../../mailbox/message-transfer.ts';
import { idPattern } from '../../mailbox/recording.ts';
import { Serial } from '../../mailbox/serial.ts';
import { HomeLedger } from './home-ledger.ts';
import { mergedState } from './merged-state.ts';
import type { Offer } from './home-protocol.ts';

export interface ArrivalsParts {
  readonly storage: Storage;
  readonly log: Log;
  /** Of a store that is open. */
  readonly transfer: MessageTransfer;
}

/** What is here of a message: it came (and may have been purged since), so many bytes of it, or why it cannot come. */
export type Standing = { readonly type: 'here' } | { readonly type: 'begun'; readonly bytes: number } | { readonly type: 'refused'; readonly why: ImportRefusal };

const partPath = (id: string): string => `${homeFolder}/${id}.part`;

/**
 * Messages on their way in, on the disk of the primary:
 *
 *   pieces -> home/<id>.part, synced each ── ledger 'coming' ── whole? ── rename into the mailbox, folders, index ── acknowledged
 *
 * After 'coming' the part tells what has happened: as long as it is there and the message is not, the rename has not; without a part
 * the message came, and if it is not there its owner has purged it. There is one part at most; a message that begins to come
 * removes what is left of others.
 */
export class Arrivals {
  readonly #parts: ArrivalsParts;
  readonly #ledger: HomeLedger;
  readonly #serial = new Serial();

  private constructor(parts: ArrivalsParts, ledger: HomeLedger) {
    this.#parts = parts;
    this.#ledger = ledger;
  }

  /** Before an owner can purge anything: a part whose message is there would otherwise make it come again. Errors: HalError. */
  static async open(parts: ArrivalsParts): Promise<Arrivals> {
    const { storage, log } = parts;
    await storage.makeDirectory(homeFolder);
    await storage.syncDirectory('');
    const arrivals = new Arrivals(parts, await HomeLedger.open(storage, log));
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
      const came = entry !== null && (entry.phase !== 'coming' || bytes === null);
      if (came || transfer.find(offer.mailbox, offer.id) !== null) return { type: 'here' };
      const why = await this.#refusal(offer, bytes ?? 0);
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

  /** null = it is in its mailbox, durably; a text says why it is not whole, and nothing is left of the part. Errors: HalError. */
  finish(offer: Offer): Promise<string | null> {
    return this.#serial.run(async () => {
      await this.#syncPart(offer.id);
      await this.#ledger.set(offer.id, { state: offer.state, phase: 'coming' });
      const result = await this.#parts.transfer.import(partPath(offer.id), offer, offer.state);
      if (typeof result !== 'string') return null;
      await this.#forget(offer.id);
      return result;
    });
  }

  /** Of a message that is here, or was: what has changed on either unit is joined, and all that makes it come only once is durable. Errors: HalError. */
  settle(offer: Offer): Promise<void> {
    return this.#serial.run(async () => {
      const { transfer } = this.#parts;
      const entry = this.#ledger.get(offer.id);
      if (entry === null || entry.phase === 'coming') await transfer.sync(offer.mailbox);
      await transfer.join(offer.mailbox, offer.id, (here) => mergedState(entry?.state ?? null, here, offer.state));
      // A state that was joined must not count as the owner's next time.
      if (entry?.state !== offer.state) await this.#ledger.set(offer.id, { state: offer.state, phase: 'came' });
      else this.#ledger.note(offer.id, 'came');
      await this.#removePart(offer.id);
    });
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

  async #resolve(): Promise<void> {
    const { storage, transfer } = this.#parts;
    const parts = new Set((await storage.list(homeFolder)).map(partId).filter((id) => id !== null));
    for (const id of this.#ledger.idsIn('coming')) {
      if (parts.has(id) && !transfer.knows(id)) continue;
      this.#ledger.note(id, 'came');
      if (!parts.has(id)) continue;
      await this.#ledger.flush();
      await storage.remove(partPath(id));
    }
  }

  async #refusal(offer: Offer, have: number): Promise<ImportRefusal | null> {
    if (!this.#ledger.takes(offer.id)) return 'store-full';
    return this.#parts.transfer.refusal(offer.mailbox, offer.bytes - have);
  }

  /** null = none; one that is too long is none of this message. */
  async #partBytes({ id, bytes }: Offer): Promise<number | null> {
    const found = await this.#parts.storage.stat(partPath(id));
    if (found === null || found.bytes <= bytes) return found?.bytes ?? null;
    await this.#forget(id);
    return null;
  }

  async #write({ id }: Offer, bytes: Uint8Array, at: number): Promise<void> {
    const { storage } = this.#parts;
    if (at === 0) await this.#forget(id);
    const file = await storage.open(partPath(id), at === 0 ? 'create' : 'update');
    try {
      await file.write(bytes, at);
      await file.dataSync();
    } finally {
      await file.close();
    }
    if (at === 0) await storage.syncDirectory(homeFolder);
  }

  /** What an earlier run wrote and was killed before it synced reads well, and is lost with the next power cut. After a failed sync it is never tried again. */
  async #syncPart(id: string): Promise<void> {
    const { storage } = this.#parts;
    const file = await storage.open(partPath(id), 'update');
    try {
      await file.dataSync();
      await storage.syncDirectory(homeFolder);
    } catch (error) {
      await this.#forget(id).catch(ignoreRefusal);
      throw error;
    } finally {
      await file.close();
    }
  }

  /** The entry goes first, durably: without a part it would mean that the message came. */
  async #forget(id: string): Promise<void> {
    const { storage } = this.#parts;
    if ((await storage.stat(partPath(id))) === null) return;
    if (this.#ledger.get(id)?.phase === 'coming') await this.#ledger.drop(id);
    else await this.#ledger.flush();
    await storage.remove(partPath(id));
  }

  /** Of a message that came: that must be known without it. */
  async #removePart(id: string): Promise<void> {
    const { storage } = this.#parts;
    if ((await storage.stat(partPath(id))) === null) return;
    await this.#ledger.flush();
    await storage.remove(partPath(id));
  }

  async #removeOthers(id: string): Promise<void> {
    const others = (await this.#parts.storage.list(homeFolder)).map(partId).filter((other) => other !== null && other !== id);
    for (const other of others) if (other !== null) await this.#forget(other);
  }
}

/** The failure that led here is told; a part that cannot be removed now is when the next message comes. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof HalError)) throw error;
}

/** null = no name of a part. */
function partId(name: string): string | null {
  const [id = '', ending] = name.split('.');
  return idPattern.test(id) && ending === 'part' ? id : null;
}
