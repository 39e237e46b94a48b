import { open } from 'node:fs/promises';
import type { MessageReader } from '../../firmware/mailbox/message-store.ts';
import { wavOf } from '../../firmware/mailbox/wav.ts';
import { halError } from '../../hal/drivers/linux/errno.ts';

/** Writes a recording as a WAV file that must not exist yet; resolves to its size. Errors: HalError already-exists, no-space, not-found, io. */
export async function exportWav(reader: MessageReader, file: string): Promise<number> {
  const mapped = (cause: unknown): Promise<never> => Promise.reject(halError(file, cause));
  const target = await open(file, 'wx', 0o600).catch(mapped);
  let bytes = 0;
  try {
    for await (const block of wavOf(reader)) bytes += (await target.write(block).catch(mapped)).bytesWritten;
    await target.datasync().catch(mapped);
  } finally {
    await target.close();
    await reader.close();
  }
  return bytes;
}
