import { open, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BundleFiles } from '../../firmware-slots.ts';
import { halError } from '../linux/errno.ts';

const mostFound = 16;

/** Bundles in the data folder, anywhere on the machine, and on sticks that are mounted below one folder. */
export class LinuxBundleFiles implements BundleFiles {
  readonly #dataFolder: string;
  readonly #sticks: string;

  constructor(dataFolder: string, sticks = '/run/media') {
    this.#dataFolder = dataFolder;
    this.#sticks = sticks;
  }

  async bytes(place: string): Promise<number> {
    const path = resolve(this.#dataFolder, place);
    return (await stat(path).catch((cause: unknown) => Promise.reject(halError(path, cause)))).size;
  }

  async piece(place: string, offset: number, length: number): Promise<Uint8Array> {
    const path = resolve(this.#dataFolder, place);
    const file = await open(path, 'r').catch((cause: unknown) => Promise.reject(halError(path, cause)));
    try {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    } catch (cause) {
      throw halError(path, cause);
    } finally {
      await file.close();
    }
  }

  async onSticks(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const stick of (await namesIn(this.#sticks)).sort()) {
      const folder = join(this.#sticks, stick);
      found.push(...(await namesIn(folder)).filter((name) => name.endsWith('.raucb')).sort().map((name) => join(folder, name)));
    }
    return found.slice(0, mostFound);
  }
}

/** None where there is no such folder. */
const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
