import type { Storage } from '../../hal/storage.ts';
import { damagedFolder } from './mailbox-paths.ts';

/** Moves a file into `damaged/`. Errors: HalError. */
export async function setAside(storage: Storage, path: string, name: string): Promise<void> {
  await storage.rename(path, `${damagedFolder}/${name}`);
  await storage.syncDirectory(damagedFolder);
}
