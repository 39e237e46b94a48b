import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { writeDurably } from '../site/durable-file.ts';

/** While this file is there the data is not to be used: a reset that a power cut interrupted goes on at the next start. */
const mark = 'factory-reset';
const lock = 'unit.lock';

/** The next start begins with an empty data folder. Resolves when that is durable. Errors: HalError. */
export function askForReset(storage: Storage): Promise<void> {
  return writeDurably(storage, mark, Buffer.from('asked\n'));
}

/**
 * Wipes messages, greetings, indexes, keys and kept settings, if that was asked for: before anything else reads them. `keep`: paths that stay
 * (the configuration that a person wrote, where it lies in the data folder). What a flash memory keeps in blocks it does not show any
 * more is beyond this. Resolves to whether it was asked for. Errors: HalError busy (another unit runs on this data), io, read-only.
 */
export async function resetIfAsked(storage: Storage, keep: readonly string[], log: Log): Promise<boolean> {
  if ((await storage.stat(mark)) === null) return false;
  const unlock = await storage.lock(lock);
  try {
    const files = await wipe(storage, '', new Set([mark, lock, ...keep]));
    await storage.remove(mark);
    await storage.syncDirectory('');
    log.write('alert', 'factory-reset', `The unit was reset: ${files} files were wiped.`);
  } finally {
    await unlock();
  }
  return true;
}

/** Depth first; durable when it resolves. */
async function wipe(storage: Storage, folder: string, keep: ReadonlySet<string>): Promise<number> {
  let files = 0;
  for (const name of await storage.list(folder)) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (keep.has(path)) continue;
    const found = await storage.stat(path);
    if (found?.directory === true) files += await wipe(storage, path, keep);
    else if (found !== null) files += 1;
    const holdsKept = [...keep].some((kept) => kept.startsWith(`${path}/`));
    if (found !== null && !holdsKept) await storage.remove(path);
  }
  await storage.syncDirectory(folder);
  return files;
}
