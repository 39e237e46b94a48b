import { Low } from 'lowdb';
import type { Storage } from '../../hal/storage.ts';
import { HalError } from '../../hal/errors.ts';
import type { Log } from '../log.ts';
import { isSameJson } from './same-json.ts';
import { SlotAdapter } from './slot-adapter.ts';

/** A small JSON document that survives power cuts. */
export interface Document<T> {
  /** As it is in memory; read it freely, change it through `change` only. */
  readonly state: T;
  /** Where the state came from when it was opened: 'stored', 'new' (nothing there), or 'damaged' (set aside, defaults in use). */
  readonly origin: 'stored' | 'new' | 'damaged';
  /** Size of the newest durable state; at most 100 KiB are accepted. */
  readonly bytes: number;
  /** Every change so far is durable. */
  readonly isSaved: boolean;
  /**
   * Applies `fn` at once and resolves when it is durable; changes that come while one is being written share the next write.
   * After a failure the memory keeps the change and the next one writes it too. Errors: HalError too-large, no-space, read-only, io.
   */
  change(fn: (state: T) => void): Promise<void>;
}

/** Of a document that is opened again. */
export interface Before<T> {
  /** What it is known to hold; null = nobody remembers. */
  readonly state: T | null;
}

/**
 * Opens `<path>.a` and `.b`, whose folder must exist. `check` throws when the parsed JSON is not a T. A document that cannot be
 * read or does not pass is set aside and told to `log`; it never keeps the unit from starting. Errors: HalError read-only, io (folder unusable).
 *
 * With `before` more is known than the disk may give. Where it gives something else, that is written anew, and not over a copy that the
 * medium did not give. Where the medium gives nothing the document cannot be opened now. Errors: HalError io.
 */
export async function openDocument<T>(storage: Storage, path: string, defaults: T, check: (found: unknown) => T, log?: Log, before: Before<T> | null = null): Promise<Document<T>> {
  const adapter = new SlotAdapter<T>(storage, path);
  let origin: Document<T>['origin'] = 'new';
  const low = new Low<T>(
    { read: async () => checked(await adapter.read(), check), write: (data) => adapter.write(data) },
    defaults,
  );
  try {
    await low.read();
    if (low.data !== defaults) origin = 'stored';
  } catch (error) {
    if (error instanceof HalError && error.id !== 'io') throw error;
    if (before !== null && adapter.unread !== null) throw adapter.unread;
    await adapter.setAside();
    origin = 'damaged';
    log?.write('alert', 'document-damaged', `A document was set aside and starts empty: ${String(error)}`, { path });
  }
  const document = new OpenDocument(low, adapter, origin);
  const known = before?.state ?? null;
  if (known !== null && !isSameJson(known, low.data)) {
    if (adapter.unread !== null) adapter.spareUnread();
    log?.write('alert', 'document-rewritten', 'A document is not what was written; it is written anew from memory.', { path });
    // Refused, it is in memory as any change is.
    await document.change(() => void (low.data = known)).catch(ifRefused);
  }
  return document;
}

/** A class, since a unit has thousands: an object with getters of its own takes four times as much. */
class OpenDocument<T> implements Document<T> {
  readonly origin: Document<T>['origin'];
  readonly #low: Low<T>;
  readonly #adapter: SlotAdapter<T>;
  #changes = 0;
  #saved = 0;

  constructor(low: Low<T>, adapter: SlotAdapter<T>, origin: Document<T>['origin']) {
    this.#low = low;
    this.#adapter = adapter;
    this.origin = origin;
  }

  get state(): T {
    return this.#low.data;
  }

  get isSaved(): boolean {
    return this.#saved === this.#changes;
  }

  get bytes(): number {
    return this.#adapter.bytes;
  }

  async change(fn: (state: T) => void): Promise<void> {
    const mine = ++this.#changes;
    await this.#low.update(fn);
    this.#saved = Math.max(this.#saved, mine);
  }
}

function ifRefused(error: unknown): void {
  if (!(error instanceof HalError)) throw error;
}

const checked = <T>(found: T | null, check: (found: unknown) => T): T | null => (found === null ? null : check(found));
