import { HalError } from '../../hal/errors.ts';

/** What a read that the medium let through has shown: the file is not what it should be. */
export class DamagedLog extends HalError {
  constructor(path: string, why: string) {
    super('io', path, why);
    this.name = 'DamagedLog';
  }
}

/**
 * `read` opens a file and looks into it. Where the medium fails or shows damage, it is done once more through a fresh handle: damage
 * counts only when both times show it, and a medium that failed in either proves nothing. Errors: HalError, those of the medium first.
 */
export async function readTwice<T>(read: () => Promise<T>): Promise<T> {
  const first = await attempt(read);
  if (!('error' in first)) return first.value;
  if (first.error.id !== 'io') throw first.error;
  const second = await attempt(read);
  if (!('error' in second)) return second.value;
  throw second.error instanceof DamagedLog ? first.error : second.error;
}

async function attempt<T>(read: () => Promise<T>): Promise<{ readonly value: T } | { readonly error: HalError }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof HalError) return { error };
    throw error;
  }
}
