import type { Storage } from '../../hal/storage.ts';
import { HalError } from '../../hal/errors.ts';

/** All bytes of a file. Errors: HalError, also too-large when it has more than `most`. */
export async function readWhole(storage: Storage, path: string, most: number): Promise<Uint8Array> {
  const file = await storage.open(path, 'read');
  try {
    const size = await file.size();
    if (size > most) throw new HalError('too-large', path, `${size} bytes, at most ${most} are read`);
    const bytes = new Uint8Array(size);
    return bytes.subarray(0, await file.read(bytes, 0));
  } finally {
    await file.close();
  }
}
