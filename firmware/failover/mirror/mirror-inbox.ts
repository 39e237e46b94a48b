import { HalError } from '../../../hal/errors.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { LogWorth } from '../../mailbox/better-log.ts';
import { isBetterLog } from '../../mailbox/better-log.ts';
import { mirrorFolder } from '../../mailbox/mailbox-paths.ts';
import type { ImportRefusal, MessageTransfer } from '../../mailbox/message-transfer.ts';
import { PartFiles } from '../part-files.ts';
import type { Offer, Ref } from './mirror-work.ts';

/** What is here of a log that the partner has. */
export type Weighed =
  | { readonly type: 'here' }
  | { readonly type: 'in-hand' }
  | { readonly type: 'begun'; readonly bytes: number }
  | { readonly type: 'refused'; readonly why: ImportRefusal };

/** What came of a part that has all its bytes. */
export type Taken = { readonly type: 'imported' } | { readonly type: 'in-hand' } | { readonly type: 'not-whole'; readonly why: string };

/**
 * Logs on their way in: pieces -> mirror/<id>.part, synced each ── whole? ── rename into the mailbox, folders, index.
 *
 * No ledger is kept. A message that its owner purges after it came is a tombstone in its mailbox; a part that outlived the rename in a power
 * cut is removed when its message is met again, or when another begins to come. There is one part at most.
 */
export class MirrorInbox {
  readonly #transfer: MessageTransfer;
  readonly #files: PartFiles;

  private constructor(transfer: MessageTransfer, files: PartFiles) {
    this.#transfer = transfer;
    this.#files = files;
  }

  /** Errors: HalError. */
  static async open(storage: Storage, transfer: MessageTransfer): Promise<MirrorInbox> {
    const files = new PartFiles(storage, mirrorFolder);
    await files.open();
    return new MirrorInbox(transfer, files);
  }

  /** Before the partner is asked to read its log: whether it is wanted at all. Errors: HalError. */
  async waits({ mailbox, id }: Ref): Promise<boolean> {
    return this.#transfer.isInUse(mailbox, id) && ((await this.#transfer.find(mailbox, id)) !== null || this.#transfer.isRecording(id));
  }

  /** Errors: HalError. */
  async weigh({ mailbox, id }: Ref, worth: LogWorth, bytes: number): Promise<Weighed> {
    const here = await this.#transfer.find(mailbox, id);
    if (here !== null && !isBetterLog(worth, here)) {
      await this.#forget(id);
      // An earlier sync may have failed.
      await this.#transfer.sync(mailbox);
      return { type: 'here' };
    }
    if (await this.waits({ mailbox, id })) return { type: 'in-hand' };
    const have = await this.#begun(id, bytes);
    const why = await this.#transfer.copyRefusal(mailbox, bytes - have);
    if (why !== null && (why !== 'mailbox-full' || here === null)) return { type: 'refused', why };
    return { type: 'begun', bytes: have };
  }

  /** Resolves when durable. Errors: HalError; then nothing is left of the part. */
  async add({ id }: Offer, bytes: Uint8Array, at: number): Promise<void> {
    await this.#orForget(id, async () => {
      if (at === 0) await this.#forget(id);
      await this.#files.write(id, bytes, at);
    });
  }

  /** imported = it is in its mailbox, durably; not whole = nothing is left of the part. Errors: HalError. */
  async finish(offer: Offer): Promise<Taken> {
    const { id, state, version } = offer;
    await this.#orForget(id, () => this.#files.sync(id));
    const result = await this.#transfer.import(this.#files.path(id), offer, state, version);
    if (result === null) return { type: 'in-hand' };
    await this.#forget(id);
    if (typeof result === 'string') return { type: 'not-whole', why: result };
    return { type: 'imported' };
  }

  /** How much of it is here; what is left of others goes. */
  async #begun(id: string, bytes: number): Promise<number> {
    for (const other of await this.#files.ids()) if (other !== id) await this.#files.remove(other);
    const found = await this.#files.bytes(id);
    if (found !== null && found > bytes) await this.#files.remove(id);
    return found === null || found > bytes ? 0 : found;
  }

  /** After a failed write or sync the file is never used again. */
  async #orForget(id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await this.#forget(id).catch(ignoreRefusal);
      throw error;
    }
  }

  async #forget(id: string): Promise<void> {
    if ((await this.#files.bytes(id)) !== null) await this.#files.remove(id);
  }
}

/** The failure that led here is told; a part that cannot be removed now is when the next message comes. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof HalError)) throw error;
}
