import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** More than a few times every prompt there is; the oldest beyond that go. */
const maxFiles = 5000;

/** Finished prompts (µ-law) by what they were made from, so that a build voices only what changed. */
export class VoiceCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Null if it is not there. */
  async get(key: string): Promise<Uint8Array | null> {
    try {
      return await readFile(this.#file(key));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw cause;
    }
  }

  /** By way of a name of its own: a build that is stopped half-way leaves no half prompt behind, and two prompts of the same words may be put at once. */
  async put(key: string, ulaw: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const temporary = `${this.#file(key)}.${randomUUID()}`;
    await writeFile(temporary, ulaw);
    await rename(temporary, this.#file(key));
  }

  async prune(): Promise<void> {
    const names = await readdir(this.#folder);
    if (names.length <= maxFiles) return;
    const aged = await Promise.all(names.map(async (name) => ({ name, writtenMs: (await stat(path.join(this.#folder, name))).mtimeMs })));
    aged.sort((a, b) => b.writtenMs - a.writtenMs);
    await Promise.all(aged.slice(maxFiles).map(({ name }) => rm(path.join(this.#folder, name), { force: true })));
  }

  #file(key: string): string {
    return path.join(this.#folder, `${key}.ulaw`);
  }
}

/** A key for audio made from all of these. */
export function cacheKey(...madeFrom: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(madeFrom)).digest('hex').slice(0, 40);
}
