import { readFile } from 'node:fs/promises';
import type { TestCall } from '../../../firmware/console/parts/test-phone.ts';
import { halError } from '../../../hal/drivers/linux/errno.ts';
import { toPhoneRate } from '../../voices/resample.ts';
import { synthesise } from '../../voices/say.ts';
import { readWav } from '../../voices/wav-reader.ts';

/** What a test caller says, as 8 kHz samples. Errors: HalError (no such file, no WAV file). */
export async function speech(wanted: NonNullable<TestCall['speech']>): Promise<Int16Array> {
  if (wanted.kind === 'say') return synthesise(wanted.text);
  const bytes = await readFile(wanted.file).catch((cause: unknown) => Promise.reject(halError(wanted.file, cause)));
  return Int16Array.from(toPhoneRate(readWav(bytes, wanted.file)));
}
