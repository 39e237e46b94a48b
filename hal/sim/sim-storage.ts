import type { Clock } from '../clock.ts';
import type { HalErrorId } from '../errors.ts';
import { HalError } from '../errors.ts';
import type { Storage, StorageFile } from '../storage.ts';
import { pathParts } from '../storage-path.ts';
import type { Fates } from './sim-content.ts';
import { SimFolder } from './sim-folder.ts';
import type { SimOperation, SimOperationKind } from './sim-operation.ts';
import { readingKinds } from './sim-operation.ts';
import { SimStorageFile } from './sim-storage-file.ts';
import { SimTree } from './sim-tree.ts';

export interface SimStorageOptions {
  /** Size of the partition; default 1 GiB. */
  readonly totalBytes?: number;
  /** 'none': no sync makes anything durable. 'no-directory': only content becomes durable, never names. For controls of crash tests. */
  readonly syncs?: 'honest' | 'none' | 'no-directory';
  /** With `delayMs`: operations take time. */
  readonly clock?: Clock;
  readonly delayMs?: (operation: SimOperation) => number;
}

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
  readonly #tree: SimTree;
  readonly #locks = new Set<string>();
  #operations = 0;
  #usedAtMost = Infinity;
  #dead = false;
  #cut: () => void = () => undefined;

  constructor(options: SimStorageOptions = {}, root = new SimFolder()) {
    this.#options = options;
    this.#tree = new SimTree(root);
    this.powerLost = new Promise((resolve) => (this.#cut = resolve));
  }

  /** What the next boot finds. With `syncs` as given, or as this one has them. */
  afterPowerCut(fates: Fates, options: SimStorageOptions = this.#options): SimStorage {
    return new SimStorage(options, this.#tree.root.survivor(fates));
  }

  /** Bit rot: flips one bit of a file on the medium. */
  flipBit(path: string, bit: number): void {
    this.#tree.file(path).flip(bit);
  }

  open(path: string, mode: 'read' | 'update' | 'create'): Promise<StorageFile> {
    return this.operate(mode === 'create' ? 'create' : 'open', path, () => {
      if (mode === 'create') this.#tree.create(path, this.nowMs);
      else if (mode === 'update') this.#refuseIfReadOnly(path);
      return new SimStorageFile(this, this.#tree.file(path), path, mode !== 'read');
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.operate('rename', from, () => {
      const [source, name] = this.#tree.parent(from);
      const [target, newName] = this.#tree.parent(to);
      if (!source.live.has(name)) throw new HalError('not-found', from, 'no such file');
      source.move(name, target, newName);
      source.modifiedMs = target.modifiedMs = this.nowMs;
    });
  }

  remove(path: string): Promise<void> {
    return this.operate('remove', path, () => {
      const [folder, name] = this.#tree.parent(path);
      const node = folder.live.get(name);
      if (node === undefined) throw new HalError('not-found', path, 'no such file');
      if (node instanceof SimFolder && node.live.size > 0) throw new HalError('io', path, 'folder is not empty');
      folder.unlink(name);
      folder.modifiedMs = this.nowMs;
    });
  }

  list(path: string): Promise<string[]> {
    return this.operate('list', path, () => [...this.#tree.folder(path).live.keys()]);
  }

  makeDirectory(path: string): Promise<void> {
    return this.operate('make-directory', path, () => {
      this.#tree.makeFolders(path, this.nowMs);
    });
  }

  syncDirectory(path: string): Promise<void> {
    return this.operate('sync-directory', path, () => {
      const folder = this.#tree.folder(path);
      if ((this.#options.syncs ?? 'honest') === 'honest') folder.sync();
    });
  }

  stat(path: string): Promise<{ bytes: number; directory: boolean; modifiedMs: number } | null> {
    return this.operate('stat', path, () => {
      const node = this.#tree.node(path);
      if (node === undefined) return null;
      if (node instanceof SimFolder) return { bytes: 0, directory: true, modifiedMs: node.modifiedMs };
      return { bytes: node.size, directory: false, modifiedMs: node.modifiedMs };
    });
  }

  space(): Promise<{ freeBytes: number; totalBytes: number }> {
    return this.operate('space', '', () => ({ freeBytes: this.#totalBytes - this.#tree.usedBytes(), totalBytes: this.#totalBytes }));
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
    if (!readingKinds.has(kind)) this.#refuseIfReadOnly(path);
    return effect();
  }

  /** Throws `no-space` when `growth` more bytes do not fit. */
  takeRoom(path: string, growth: number): void {
    if (growth <= 0) return;
    // Counting is slow with thousands of files: only when what was used at the last count, and has grown since, might not leave the room.
    if (this.#usedAtMost + growth > this.#totalBytes) this.#usedAtMost = this.#tree.usedBytes();
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

  #refuseIfReadOnly(path: string): void {
    if (this.readOnly) throw new HalError('read-only', path, 'simulated read-only partition');
  }

  get #totalBytes(): number {
    return this.#options.totalBytes ?? 2 ** 30;
  }
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
