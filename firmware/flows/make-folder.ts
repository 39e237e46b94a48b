import type { Storage } from '../../hal/storage.ts';
import { folderOf } from '../mailbox/mailbox-paths.ts';

/** Durably, in a parent that is; one that exists is left as it is. Errors: HalError no-space, read-only, io. */
export async function makeFolder(storage: Storage, folder: string): Promise<void> {
  await storage.makeDirectory(folder);
  await storage.syncDirectory(folderOf(folder));
}
