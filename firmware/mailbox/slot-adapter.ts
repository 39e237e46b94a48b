import type { Adapter } from 'lowdb';
import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import { folderOf } from './mailbox-paths.ts';
import { DamagedLog, readTwice } from './read-twice.ts';
import type { Slot } from './slot.ts';
import { decodeSlot, encodeSlot, maxDocumentBytes, slotHeaderBytes } from './slot.ts';

type SlotName = 'a' | 'b';
const slotNames = ['a', 'b'] as const;

/** Where a slot that cannot be read is moved to. */
const asidePath = (path: string, name: SlotName): string => `${path}.${name}.damaged`;

/** Slots are reserved in such steps, so that most changes fit into what is there. */
const stepBytes = 4096;

interface Save {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * lowdb's way to the disk: the document lies in the newest of two slot files, `<path>.a` and `<path>.b`.
 *
 *   a save writes the slot that does not hold the newest good state ── fdatasync ── then its promise resolves
 *
 * In place while the slot has room; a slot that is missing, too small or dead (a failed sync) is made anew beside it, synced
 * and renamed over it. Saves that come while one runs share the next one: one promise each, resolved when a generation with
 * their change is durable.
 */
export class SlotAdapter<T> implements Adapter<T> {
  /** Size of the newest durable state. */
  bytes = 0;
  /** What the medium said of a copy that it did not give when the state was read; that copy may be the newest. */
  unread: HalError | null = null;
  readonly #storage: Storage;
  readonly #path: string;
  readonly #rooms: Record<SlotName, number> = { a: 0, b: 0 };
  #newest: SlotName | null = null;
  #generation = 0n;
  #saving = false;
  #waiting: Save | null = null;

  constructor(storage: Storage, path: string) {
    this.#storage = storage;
    this.#path = path;
  }

  /** null when nothing was ever saved. Errors: HalError `io` when something was, and neither slot is readable. */
  async read(): Promise<T | null> {
    const found = { a: await this.#readSlot('a'), b: await this.#readSlot('b') };
    this.unread = [found.a, found.b].find((one) => one instanceof HalError) ?? null;
    const good = slotNames.filter((name) => isSlot(found[name]));
    const [newest] = good.sort((left, right) => (generationOf(found[right]) > generationOf(found[left]) ? 1 : -1));
    if (newest === undefined) {
      if (found.a === 'blank' && found.b === 'blank') return null;
      throw new HalError('io', this.#path, 'neither of its two copies can be read');
    }
    const slot = found[newest] as Slot;
    this.#newest = newest;
    this.#generation = slot.generation;
    this.bytes = slot.body.length;
    return JSON.parse(new TextDecoder().decode(slot.body)) as T;
  }

  /** Resolves when `data`, as it is when the write begins, is durable. Errors: HalError too-large, no-space, read-only, io. */
  write(data: T): Promise<void> {
    this.#waiting ??= newSave();
    const { promise } = this.#waiting;
    if (!this.#saving) void this.#saveAll(data);
    return promise;
  }

  /** To be called when what was read is known to be the older copy: the next save takes its place, by a rename, and leaves the one that was not read. */
  spareUnread(): void {
    if (this.#newest === null) return;
    this.#rooms[this.#newest] = 0;
    this.#newest = this.#newest === 'a' ? 'b' : 'a';
  }

  /** Moves both slots out of the way, to `<path>.a.damaged` and `.b.damaged` (replacing older ones), and starts anew. Errors: read-only, io. */
  async setAside(): Promise<void> {
    for (const name of slotNames) {
      const path = this.#slotPath(name);
      if ((await this.#storage.stat(path)) !== null) await this.#storage.rename(path, asidePath(this.#path, name));
      this.#rooms[name] = 0;
    }
    await this.#storage.syncDirectory(folderOf(this.#path));
    this.#newest = null;
  }

  async #saveAll(data: T): Promise<void> {
    this.#saving = true;
    for (let save = this.#waiting; save !== null; save = this.#waiting) {
      this.#waiting = null;
      await this.#save(data).then(save.resolve, save.reject);
    }
    this.#saving = false;
  }

  async #save(data: T): Promise<void> {
    const body = new TextEncoder().encode(JSON.stringify(data));
    if (body.length > maxDocumentBytes) throw new HalError('too-large', this.#path, `${body.length} bytes, at most ${maxDocumentBytes} fit`);
    const name: SlotName = this.#newest === 'a' ? 'b' : 'a';
    // Each attempt has a generation of its own: one that failed may still have reached the disk.
    await this.#saveInto(name, () => encodeSlot({ generation: ++this.#generation, body }));
    this.#newest = name;
    this.bytes = body.length;
  }

  async #saveInto(name: SlotName, encode: () => Uint8Array): Promise<void> {
    const bytes = encode();
    if (bytes.length <= this.#rooms[name]) {
      try {
        return await this.#overwrite(name, bytes);
      } catch (error) {
        this.#rooms[name] = 0;
        if (!(error instanceof HalError)) throw error;
      }
    }
    await this.#makeAnew(name, encode());
  }

  async #overwrite(name: SlotName, bytes: Uint8Array): Promise<void> {
    const file = await this.#storage.open(this.#slotPath(name), 'update');
    try {
      await file.write(bytes, 0);
      await file.dataSync();
    } finally {
      await file.close();
    }
  }

  async #makeAnew(name: SlotName, bytes: Uint8Array): Promise<void> {
    const fresh = `${this.#path}.fresh`;
    const room = Math.ceil(bytes.length / stepBytes) * stepBytes;
    if ((await this.#storage.stat(fresh)) !== null) await this.#storage.remove(fresh);
    const file = await this.#storage.open(fresh, 'create');
    try {
      await file.allocate(room);
      await file.write(bytes, 0);
      await file.dataSync();
    } finally {
      await file.close();
    }
    await this.#storage.rename(fresh, this.#slotPath(name));
    await this.#storage.syncDirectory(folderOf(this.#path));
    this.#rooms[name] = room;
  }

  /** 'bad': two reads have shown it. A HalError: the medium failed, which says nothing of what is there. */
  async #readSlot(name: SlotName): Promise<Found> {
    try {
      return await readTwice(() => this.#readOnce(name));
    } catch (error) {
      if (error instanceof DamagedLog) return 'bad';
      if (error instanceof HalError && error.id === 'io') return error;
      throw error;
    }
  }

  async #readOnce(name: SlotName): Promise<Slot | 'blank'> {
    const path = this.#slotPath(name);
    const found = await this.#storage.stat(path);
    if (found === null) return 'blank';
    this.#rooms[name] = found.bytes;
    const bytes = new Uint8Array(Math.min(found.bytes, slotHeaderBytes + maxDocumentBytes));
    const file = await this.#storage.open(path, 'read');
    try {
      const slot = decodeSlot(bytes.subarray(0, await file.read(bytes, 0)));
      if (slot === 'bad') throw new DamagedLog(path, 'it is not what was written');
      return slot;
    } finally {
      await file.close();
    }
  }

  #slotPath(name: SlotName): string {
    return `${this.#path}.${name}`;
  }
}

/** Whether a copy that was set aside lies beside the document. Errors: HalError io. */
export async function isSetAside(storage: Storage, path: string): Promise<boolean> {
  for (const name of slotNames) if ((await storage.stat(asidePath(path, name))) !== null) return true;
  return false;
}

type Found = Slot | 'blank' | 'bad' | HalError;
const isSlot = (found: Found): found is Slot => typeof found === 'object' && !(found instanceof HalError);
const generationOf = (found: Found): bigint => (isSlot(found) ? found.generation : -1n);

function newSave(): Save {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<void>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}
