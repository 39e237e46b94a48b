import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Storage } from '../../hal/storage.ts';

/** Writes all that a storage holds below `place` into a folder, without a sync: what was made in memory, for a unit that starts on it. */
export async function copyStorage(storage: Storage, folder: string, place = ''): Promise<void> {
  mkdirSync(path.join(folder, place), { recursive: true });
  for (const name of await storage.list(place)) {
    const inner = place === '' ? name : `${place}/${name}`;
    if ((await storage.stat(inner))?.directory === true) {
      await copyStorage(storage, folder, inner);
      continue;
    }
    const file = await storage.open(inner, 'read');
    const bytes = new Uint8Array(await file.size());
    await file.read(bytes, 0);
    await file.close();
    writeFileSync(path.join(folder, inner), bytes);
  }
}
