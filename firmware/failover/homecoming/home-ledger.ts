import * as v from 'valibot';
import { HalError } from '../../../hal/errors.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { Log } from '../../log.ts';
import type { Document } from '../../mailbox/document.ts';
import { openDocument } from '../../mailbox/document.ts';
import { homeFolder, messageStates } from '../../mailbox/mailbox-paths.ts';
import type { MessageState } from '../../mailbox/message.ts';
import { idPattern } from '../../mailbox/recording.ts';

/**
 * coming: about to be renamed into its mailbox, or renamed already: then its part is gone. came: it has been there. settled: the backup
 * has said that its copy is gone, so nothing asks for the entry any more.
 */
export type Phase = 'coming' | 'came' | 'settled';

export interface Entry {
  /** As it was on the backup when it was taken over. */
  readonly state: MessageState;
  readonly phase: Phase;
}

/** 500 entries are 32 KB. Only settled ones make room for others. */
export const maxEntries = 500;

const rowSchema = v.strictTuple([v.pipe(v.string(), v.regex(idPattern)), v.picklist(messageStates), v.picklist(['coming', 'came', 'settled'])]);
const ledgerSchema = v.strictObject({ version: v.literal(1), entries: v.pipe(v.array(rowSchema), v.maxLength(maxEntries)) });
type LedgerState = v.InferOutput<typeof ledgerSchema>;

/** Which messages have come home: one that its owner has purged since must not come again because an acknowledgement was lost. */
export class HomeLedger {
  readonly #document: Document<LedgerState>;
  /** By id, oldest entry first. */
  readonly #entries: Map<string, Entry>;
  #dirty = false;

  private constructor(document: Document<LedgerState>) {
    this.#document = document;
    this.#entries = new Map(document.state.entries.map(([id, state, phase]) => [id, { state, phase }]));
  }

  /** The folder must exist. A damaged ledger starts empty, and the log is told. Errors: HalError. */
  static async open(storage: Storage, log: Log, folder: string = homeFolder): Promise<HomeLedger> {
    const check = (found: unknown): LedgerState => v.parse(ledgerSchema, found);
    return new HomeLedger(await openDocument(storage, `${folder}/ledger`, { version: 1, entries: [] }, check, log));
  }

  get(id: string): Entry | null {
    return this.#entries.get(id) ?? null;
  }

  get size(): number {
    return this.#entries.size;
  }

  idsIn(phase: Phase): string[] {
    return [...this.#entries].filter(([, entry]) => entry.phase === phase).map(([id]) => id);
  }

  /** Whether there is room for this id. */
  takes(id: string): boolean {
    return this.#entries.has(id) || this.#entries.size < maxEntries || this.idsIn('settled').length > 0;
  }

  /** Resolves when durable. After a failure the next change writes this one too. Errors: HalError; no-space also when nothing can make room. */
  async set(id: string, entry: Entry): Promise<void> {
    const known = this.#entries.get(id);
    if (known?.state === entry.state && known.phase === entry.phase && !this.#dirty) return;
    this.#makeRoomFor(id);
    this.#entries.set(id, entry);
    await this.#save();
  }

  /** Resolves when durable. Errors: HalError. */
  async drop(id: string): Promise<void> {
    if (this.#entries.delete(id)) await this.#save();
  }

  /** Written with the next change or flush: for what the disk tells as well, or what may be lost. */
  note(id: string, phase: Phase): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.phase === phase) return;
    this.#entries.set(id, { ...entry, phase });
    this.#dirty = true;
  }

  /** Errors: HalError. */
  async flush(): Promise<void> {
    if (this.#dirty) await this.#save();
  }

  #makeRoomFor(id: string): void {
    if (this.#entries.has(id) || this.#entries.size < maxEntries) return;
    const [oldest] = this.idsIn('settled');
    if (oldest === undefined) throw new HalError('no-space', homeFolder, `${maxEntries} messages have come, and the backup has confirmed none`);
    this.#entries.delete(oldest);
  }

  async #save(): Promise<void> {
    this.#dirty = true;
    await this.#document.change((state) => (state.entries = [...this.#entries].map(([id, { state: taken, phase }]) => [id, taken, phase])));
    this.#dirty = false;
  }
}
