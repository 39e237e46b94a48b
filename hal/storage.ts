/**
 * A tree of files on the unit's data partition. Paths are relative, '/'-separated, never contain '..'.
 * Nothing is durable before the matching sync has resolved: file content by `dataSync` or `writeSynced`, names by `syncDirectory`.
 */
export interface Storage {
  /**
   * read: must exist. update: must exist, readable and writable. create: must not exist (`already-exists`), made with mode 0600.
   * Errors: not-found, already-exists, permission-denied, no-space, read-only, io, too-many-open.
   */
  open(path: string, mode: 'read' | 'update' | 'create'): Promise<StorageFile>;
  /** Replaces `to` if it exists. Errors: not-found, read-only, io. */
  rename(from: string, to: string): Promise<void>;
  /** A file, or a folder that is empty. Errors: not-found, read-only, io. */
  remove(path: string): Promise<void>;
  /** Names (files and folders) directly inside, unsorted. Errors: not-found, io. */
  list(path: string): Promise<string[]>;
  /** With parents, mode 0700; existing is fine. Errors: no-space, read-only, io. */
  makeDirectory(path: string): Promise<void>;
  /** Makes creations, renames and removals directly inside `path` durable. Errors: not-found, io. */
  syncDirectory(path: string): Promise<void>;
  /** null when there is nothing by that name. Errors: io. */
  stat(path: string): Promise<{ bytes: number; directory: boolean; modifiedMs: number } | null>;
  /** Space of the partition. Errors: io. */
  space(): Promise<{ freeBytes: number; totalBytes: number }>;
  /** One writer per data folder: throws `busy` (detail names the holder) if another process holds it. Released by the returned function or the process's end. */
  lock(path: string): Promise<() => Promise<void>>;
}

/** One open file. After `dataSync` failed with `io` the file is dead: write elsewhere, never retry (a retry may lie). */
export interface StorageFile {
  /** Writes all of `bytes` at `position`. Errors: no-space, read-only, io, closed. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Bytes read into `into`; fewer than its length only at the end of the file. Errors: io, closed. */
  read(into: Uint8Array, position: number): Promise<number>;
  size(): Promise<number>;
  /** Reserves space up to `bytes` (zeros), so that later writes inside it cannot meet a full disk. Errors: no-space, io. */
  allocate(bytes: number): Promise<void>;
  truncate(bytes: number): Promise<void>;
  dataSync(): Promise<void>;
  /**
   * A write and a dataSync after it, in one step where the machine can. Errors: no-space: the write alone met it, and the file may be used on; read-only;
   * io, also where the disk was found full only later, and where the two cannot be told apart: as after a dataSync that failed; closed.
   */
  writeSynced(bytes: Uint8Array, position: number): Promise<void>;
  /** The next read comes from the medium, not from what the machine holds of it in memory, as far as that is durable. Where this cannot be asked for nothing happens. Never rejects. */
  forget(): Promise<void>;
  close(): Promise<void>;
}
