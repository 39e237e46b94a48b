import type { Clock } from '../clock.ts';
import type { HalErrorId } from '../errors.ts';
import { HalError } from '../errors.ts';
import type { Storage, StorageFile } from '../storage.ts';
import { pathParts } from '../storage-path.ts';
import type { Fates } from './sim-content.ts';
import { SimContent } from './sim-content.ts';
import type { SimNode } from './sim-folder.ts';
import { SimFolder } from './sim-folder.ts';

export type SimOperationKind =
  | 'open' | 'create' | 'read' | 'write' | 'allocate' | 'truncate' | 'data-sync'
  | 'rename' | 'remove' | 'list' | 'make-directory' | 'sync-directory' | 'stat' | 'space';

export interface SimOperation {
  /** Counts from 0 over all operations of the storage. */
  readonly number: number;
  readonly kind: SimOperationKind;
  readonly path: string;
}

export interface SimStorageOptions {
  /** Size of the partition; default 1 GiB. */
  readonly totalBytes?: number;
  /** 'none': no sync makes anything durable. 'no-directory': only content becomes durable, never names. For controls of crash tests. */
  readonly syncs?: 'honest' | 'none' | 'no-directory';
  /** With `delayMs`: operations take time. */
  readonly clock?: Clock;
  readonly delayMs?: (operation: SimOperation) => number;
}

const reading: ReadonlySet<SimOperationKind> = new Set(['open', 'read', 'list', 'stat', 'space']);

/**
 * A partition in memory that forgets what was not synced. Faults: `fault` names an error or a power cut for any operation,
 * `readOnly`, a full partition (`totalBytes`), slowness, bit rot (`flipBit`). After a power cut nothing on this object ever
 * resolves; `afterPowerCut` gives what the next boot finds, as often as asked, each time with other fates of what was not synced.
 */
export class SimStorage implements Storage {
  /** Asked before each operation. A failed `data-sync` strands what it should have written; a failed `write` does half of it. */
  fault: ((operation: SimOperation) => HalErrorId | 'power-cut' | null) | null = null;
  readOnly = false;
  readonly counts: Partial<Record<SimOperationKind, number>> = {};
  bytesWritten = 0;
  /** Calls of `forget`. */
  forgotten = 0;
  /** Resolves when a `fault` said 'power-cut'. */
  readonly powerLost: Promise<void>;
  readonly #options: SimStorageOptions;
  readonly #root: SimFolder;
  readonly #locks = new Set<string>();
  #operations = 0;
  #usedAtMost = Infinity;
  #dead = false;
  #cut: () => void = () => undefined;

  constructor(options: SimStorageOptions = {}, root = new SimFolder()) {
    this.#options = options;
    this.#root = root;
    this.powerLost = new Promise((resolve) => (this.#cut = resolve));
  }

  /** What the next boot finds. With `syncs` as given, or as this one has them. */
  afterPowerCut(fates: Fates, options: SimStorageOptions = this.#options): SimStorage {
    return new SimStorage(options, this.#root.survivor(fates));
  }

  /** Bit rot: flips one bit of a file on the medium. */
  flipBit(path: string, bit: number): void {
    this.#file(path).flip(bit);
  }

  open(path: string, mode: 'read' | 'update' | 'create'): Promise<StorageFile> {
    return this.operate(mode === 'create' ? 'create' : 'open', path, () => {
      if (mode === 'create') this.#create(path);
      else if (mode === 'update') this.#refuseIfReadOnly(path);
      return new SimStorageFile(this, this.#file(path), path, mode !== 'read');
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.operate('rename', from, () => {
      const [source, name] = this.#parent(from);
      const [target, newName] = this.#parent(to);
      if (!source.live.has(name)) throw new HalError('not-found', from, 'no such file');
      source.move(name, target, newName);
      source.modifiedMs = target.modifiedMs = this.nowMs;
    });
  }

  remove(path: string): Promise<void> {
    return this.operate('remove', path, () => {
      const [folder, name] = this.#parent(path);
      const node = folder.live.get(name);
      if (node === undefined) throw new HalError('not-found', path, 'no such file');
      if (node instanceof SimFolder && node.live.size > 0) throw new HalError('io', path, 'folder is not empty');
      folder.unlink(name);
      folder.modifiedMs = this.nowMs;
    });
  }

  list(path: string): Promise<string[]> {
    return this.operate('list', path, () => [...this.#folder(path).live.keys()]);
  }

  makeDirectory(path: string): Promise<void> {
    return this.operate('make-directory', path, () => {
      let folder = this.#root;
      for (const part of pathParts(path)) {
        if (!folder.live.has(part)) this.#makeFolder(folder, part);
        folder = asFolder(folder.live.get(part), path);
      }
    });
  }

  syncDirectory(path: string): Promise<void> {
    return this.operate('sync-directory', path, () => {
      const folder = this.#folder(path);
      if ((this.#options.syncs ?? 'honest') === 'honest') folder.sync();
    });
  }

  stat(path: string): Promise<{ bytes: number; directory: boolean; modifiedMs: number } | null> {
    return this.operate('stat', path, () => {
      const node = this.#node(path);
      if (node === undefined) return null;
      if (node instanceof SimFolder) return { bytes: 0, directory: true, modifiedMs: node.modifiedMs };
      return { bytes: node.size, directory: false, modifiedMs: node.modifiedMs };
    });
  }

  space(): Promise<{ freeBytes: number; totalBytes: number }> {
    return this.operate('space', '', () => ({ freeBytes: this.#totalBytes - this.#usedBytes(), totalBytes: this.#totalBytes }));
  }

  async lock(path: string): Promise<() => Promise<void>> {
    const key = pathParts(path).join('/');
    if (this.#locks.has(key)) throw new HalError('busy', path, 'held by another user of this storage');
    this.#locks.add(key);
    return async () => void this.#locks.delete(key);
  }

  /** For the files of this storage: counts, delays and fails the operation as the options say. */
  async operate<T>(kind: SimOperationKind, path: string, effect: () => T, failed: () => void = () => undefined): Promise<T> {
    if (this.#dead) return never();
    const operation = { number: this.#operations++, kind, path };
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    const fault = this.fault?.(operation) ?? null;
    if (fault === 'power-cut') return this.#cutPower(kind, effect);
    await this.#delay(operation);
    if (this.#dead) return never();
    if (fault !== null) {
      failed();
      throw new HalError(fault, path, `simulated failure of operation ${operation.number} (${kind})`);
    }
    if (!reading.has(kind)) this.#refuseIfReadOnly(path);
    return effect();
  }

  /** Throws `no-space` when `growth` more bytes do not fit. */
  takeRoom(path: string, growth: number): void {
    if (growth <= 0) return;
    // Counting is slow with thousands of files: only when what was used at the last count, and has grown since, might not leave the room.
    if (this.#usedAtMost + growth > this.#totalBytes) this.#usedAtMost = this.#usedBytes();
    if (this.#usedAtMost + growth > this.#totalBytes) throw new HalError('no-space', path, 'simulated disk is full');
    this.#usedAtMost += growth;
  }

  get syncsContent(): boolean {
    return this.#options.syncs !== 'none';
  }

  /** Without a clock time goes by with each operation. */
  get nowMs(): number {
    return this.#options.clock?.wall() ?? this.#operations;
  }

  /** The operation was on its way: its change is there without being durable; a sync has not happened. */
  #cutPower<T>(kind: SimOperationKind, effect: () => T): Promise<T> {
    this.#dead = true;
    try {
      if (kind !== 'data-sync' && kind !== 'sync-directory') effect();
    } catch {
      // An operation that would have failed changes nothing.
    }
    this.#cut();
    return never();
  }

  async #delay(operation: SimOperation): Promise<void> {
    const { clock, delayMs } = this.#options;
    const ms = delayMs?.(operation) ?? 0;
    if (clock !== undefined && ms > 0) await new Promise<void>((resolve) => clock.after('sim-storage', ms, resolve));
    else await null;
  }

  #makeFolder(folder: SimFolder, name: string): void {
    folder.link(name, new SimFolder());
    folder.modifiedMs = this.nowMs;
  }

  #create(path: string): void {
    const [folder, name] = this.#parent(path);
    if (folder.live.has(name)) throw new HalError('already-exists', path, 'exists');
    folder.link(name, new SimContent());
    folder.modifiedMs = this.nowMs;
  }

  #refuseIfReadOnly(path: string): void {
    if (this.readOnly) throw new HalError('read-only', path, 'simulated read-only partition');
  }

  get #totalBytes(): number {
    return this.#options.totalBytes ?? 2 ** 30;
  }

  #usedBytes(): number {
    const seen = new Set<SimNode>();
    const used = (node: SimNode): number => {
      if (seen.has(node)) return 0;
      seen.add(node);
      if (node instanceof SimContent) return node.size;
      return [...node.live.values()].reduce((sum, child) => sum + used(child), 0);
    };
    return used(this.#root);
  }

  #node(path: string): SimNode | undefined {
    let node: SimNode | undefined = this.#root;
    for (const part of pathParts(path)) node = node instanceof SimFolder ? node.live.get(part) : undefined;
    return node;
  }

  #folder(path: string): SimFolder {
    return asFolder(this.#node(path), path);
  }

  #file(path: string): SimContent {
    const node = this.#node(path);
    if (node === undefined) throw new HalError('not-found', path, 'no such file');
    if (node instanceof SimFolder) throw new HalError('io', path, 'is a folder');
    return node;
  }

  #parent(path: string): [SimFolder, string] {
    const parts = pathParts(path);
    const name = parts.pop();
    if (name === undefined) throw new HalError('permission-denied', path, 'names the root');
    return [this.#folder(parts.join('/')), name];
  }
}

class SimStorageFile implements StorageFile {
  readonly #storage: SimStorage;
  readonly #content: SimContent;
  readonly #path: string;
  readonly #writable: boolean;
  #closed = false;

  constructor(storage: SimStorage, content: SimContent, path: string, writable: boolean) {
    this.#storage = storage;
    this.#content = content;
    this.#path = path;
    this.#writable = writable;
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    const half = (): void => this.#content.write(bytes.subarray(0, bytes.length >> 1), position);
    return this.#operate('write', () => this.#put(bytes, position), half);
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.#operate('read', () => this.#content.read(into, position));
  }

  async size(): Promise<number> {
    return this.#content.size;
  }

  allocate(bytes: number): Promise<void> {
    return this.#operate('allocate', () => {
      if (bytes <= this.#content.size) return;
      this.#storage.takeRoom(this.#path, bytes - this.#content.size);
      this.#content.resize(bytes);
    });
  }

  truncate(bytes: number): Promise<void> {
    return this.#operate('truncate', () => this.#content.resize(bytes));
  }

  dataSync(): Promise<void> {
    const sync = (): void => {
      if (this.#storage.syncsContent) this.#content.sync();
    };
    return this.#operate('data-sync', sync, () => this.#content.strand());
  }

  async forget(): Promise<void> {
    this.#storage.forgotten += 1;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #put(bytes: Uint8Array, position: number): void {
    this.#storage.takeRoom(this.#path, position + bytes.length - this.#content.size);
    this.#content.write(bytes, position);
    this.#content.modifiedMs = this.#storage.nowMs;
    this.#storage.bytesWritten += bytes.length;
  }

  async #operate<T>(kind: SimOperationKind, effect: () => T, failed?: () => void): Promise<T> {
    if (this.#closed) throw new HalError('closed', this.#path, 'used after close');
    if (!this.#writable && kind !== 'read') throw new HalError('permission-denied', this.#path, 'opened for reading');
    return this.#storage.operate(kind, this.#path, effect, failed);
  }
}

function asFolder(node: SimNode | undefined, path: string): SimFolder {
  if (node instanceof SimFolder) return node;
  throw new HalError('not-found', path, 'no such folder');
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
