import type { Storage, StorageFile } from '../../hal/storage.ts';
import { folderOf } from '../mailbox/mailbox-paths.ts';

/** Files are read and written in such pieces, so that none is ever wholly in memory for its size alone. */
export const chunkBytes = 65_536;

/** New file, sync, rename, folder sync: after a power cut the old content is there or the new one. Errors: HalError. */
export async function writeDurably(storage: Storage, path: string, bytes: Uint8Array): Promise<void> {
  await writeSynced(storage, `${path}.fresh`, async (file) => file.write(bytes, 0));
  await storage.rename(`${path}.fresh`, path);
  await storage.syncDirectory(folderOf(path));
}

/** A new file (an old one of that name goes first) whose content is durable, its name not yet. Nothing is left when it fails. Errors: those of `fill`, HalError. */
export async function writeSynced(storage: Storage, path: string, fill: (file: StorageFile) => Promise<void>): Promise<void> {
  if ((await storage.stat(path)) !== null) await storage.remove(path);
  const file = await storage.open(path, 'create');
  try {
    await fill(file);
    await file.dataSync();
  } catch (error) {
    await file.close();
    await storage.remove(path).catch(() => undefined);
    throw error;
  }
  await file.close();
}

/** The whole file; null when there is none, or it has more than `limitBytes`. Errors: HalError io. */
export async function readWhole(storage: Storage, path: string, limitBytes: number): Promise<Uint8Array | null> {
  const found = await storage.stat(path);
  if (found === null || found.directory || found.bytes > limitBytes) return null;
  const file = await storage.open(path, 'read');
  try {
    const bytes = new Uint8Array(found.bytes);
    return bytes.subarray(0, await file.read(bytes, 0));
  } finally {
    await file.close();
  }
}
