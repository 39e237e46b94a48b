import * as v from 'valibot';
import type { Storage } from '../../../hal/storage.ts';
import type { Log } from '../../log.ts';
import type { Document } from '../document.ts';
import { openDocument } from '../document.ts';
import { maxDocumentBytes } from '../slot.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Folders } from '../folders.ts';
import { isMailboxNumber } from '../mailbox-paths.ts';
import { mailboxPattern } from '../recording.ts';
import { inParallel, Serial } from '../serial.ts';
import type { DistributionList } from './distribution-list.ts';
import { maxListEntries, maxLists } from './distribution-list.ts';

const listsFolder = 'lists';
const openAtATime = 8;

const listSchema = v.strictObject({
  number: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxLists)),
  public: v.boolean(),
  entries: v.pipe(v.array(v.pipe(v.string(), v.regex(mailboxPattern))), v.maxLength(maxListEntries)),
});
const fileSchema = v.strictObject({ version: v.literal(1), lists: v.pipe(v.array(listSchema), v.maxLength(maxLists)) });

interface ListFile {
  version: 1;
  lists: readonly DistributionList[];
}

export type ListFault = 'no-such-list' | 'list-full' | 'too-many-lists';

export interface ListChange {
  readonly public?: boolean;
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** The distribution lists of all mailboxes: `lists/<mailbox>.a .b`, one document of at most 100 KiB each, opened at the start. */
export class DistributionLists {
  /** Told when the lists of a mailbox are others, durably. */
  changed: ((mailbox: string) => void) | null = null;
  readonly #storage: Storage;
  readonly #folders: Folders;
  readonly #log: Log;
  readonly #documents = new Map<string, Document<ListFile>>();
  readonly #serial = new Serial();

  constructor(storage: Storage, folders: Folders, log: Log) {
    [this.#storage, this.#folders, this.#log] = [storage, folders, log];
  }

  /** Errors: HalError. */
  async open(): Promise<void> {
    await this.#folders.ensure(listsFolder);
    const names = await this.#storage.list(listsFolder);
    const numbers = [...new Set(names.filter((name) => /\.[ab]$/.test(name)).map((name) => name.slice(0, -2)))].filter(isMailboxNumber);
    await inParallel(numbers, openAtATime, async (number) => void (await this.#document(number)));
  }

  numbers(): readonly string[] {
    return [...this.#documents.keys()].filter((number) => this.of(number).length > 0);
  }

  /** By number. */
  of(mailbox: string): readonly DistributionList[] {
    return this.#documents.get(mailbox)?.state.lists ?? [];
  }

  find(mailbox: string, number: number): DistributionList | null {
    return this.of(mailbox).find((list) => list.number === number) ?? null;
  }

  /** Makes the list if it is not there. Durable when resolved. Errors: HalError. */
  change(mailbox: string, number: number, change: ListChange): Promise<{ readonly fault: ListFault | null; readonly list: DistributionList | null }> {
    return this.#serial.run(async () => {
      const before = this.find(mailbox, number);
      if (!Number.isInteger(number) || number < 1 || number > maxLists) return { fault: 'too-many-lists' as const, list: null };
      const list = changed(before ?? { number, public: false, entries: [] }, change);
      if (list.entries.length > maxListEntries) return { fault: 'list-full' as const, list: before };
      const lists = inOrder([...this.of(mailbox).filter((one) => one.number !== number), list]);
      if (bytesOf(lists) > maxDocumentBytes) return { fault: 'list-full' as const, list: before };
      await this.#put(mailbox, lists);
      return { fault: null, list };
    });
  }

  /** Whether there was one. Durable when resolved. Errors: HalError. */
  delete(mailbox: string, number: number): Promise<boolean> {
    return this.#serial.run(async () => {
      if (this.find(mailbox, number) === null) return false;
      await this.#put(mailbox, this.of(mailbox).filter((one) => one.number !== number));
      return true;
    });
  }

  /** All lists of a mailbox at once, as another unit has them. Errors: HalError. */
  replace(mailbox: string, lists: readonly DistributionList[]): Promise<void> {
    return this.#serial.run(() => this.#put(mailbox, lists));
  }

  /** Throws a ValiError on anything else than lists. */
  check(found: unknown): readonly DistributionList[] {
    return v.parse(fileSchema.entries.lists, found);
  }

  async #put(mailbox: string, lists: readonly DistributionList[]): Promise<void> {
    // Before anything changes: a document that is too large could not be stored, nor could any later one.
    if (bytesOf(lists) > maxDocumentBytes) throw new HalError('too-large', `${listsFolder}/${mailbox}`, `the lists of mailbox ${mailbox} together have ${bytesOf(lists)} bytes, at most ${maxDocumentBytes} fit; remove entries or a list`);
    const document = await this.#document(mailbox);
    await document.change((file) => (file.lists = lists));
    this.changed?.(mailbox);
  }

  async #document(mailbox: string): Promise<Document<ListFile>> {
    const known = this.#documents.get(mailbox);
    if (known !== undefined) return known;
    const document = await openDocument<ListFile>(this.#storage, `${listsFolder}/${mailbox}`, { version: 1, lists: [] }, (found) => v.parse(fileSchema, found), this.#log);
    this.#documents.set(mailbox, document);
    return document;
  }
}

function changed(list: DistributionList, { public: isPublic, add = [], remove = [] }: ListChange): DistributionList {
  const gone = new Set(remove);
  const entries = [...new Set([...list.entries.filter((entry) => !gone.has(entry)), ...add])];
  return { number: list.number, public: isPublic ?? list.public, entries };
}

const bytesOf = (lists: readonly DistributionList[]): number => Buffer.byteLength(JSON.stringify({ version: 1, lists } satisfies ListFile));

const inOrder = (lists: readonly DistributionList[]): DistributionList[] => [...lists].sort((left, right) => left.number - right.number);
