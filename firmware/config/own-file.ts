import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import { writeDurably } from '../site/durable-file.ts';
import type { OwnFile } from './last-good.ts';
import { maxConfigurationBytes } from './parse-configuration.ts';

/** The configuration file that people and the console write. */
export interface ConfigurationFile {
  /** As people know it. */
  readonly name: string;
  read(): Promise<OwnFile>;
  /** After a power cut the old text is there or the new one. Errors: HalError permission-denied, not-found, no-space, read-only, io. */
  write(text: string): Promise<void>;
}

/** The file in its folder. The folder is opened at each use: it may be mounted, and mended, while the unit runs. */
export class StoredConfigurationFile implements ConfigurationFile {
  readonly name: string;
  readonly #folder: () => Promise<Storage>;
  readonly #path: string;

  constructor(name: string, folder: () => Promise<Storage>, path: string) {
    this.name = name;
    this.#folder = folder;
    this.#path = path;
  }

  async read(): Promise<OwnFile> {
    try {
      const file = await (await this.#folder()).open(this.#path, 'read');
      try {
        // One byte more than allowed is enough for the parser to refuse it.
        const bytes = Buffer.alloc(Math.min(await file.size(), maxConfigurationBytes + 1));
        return { name: this.name, text: bytes.toString('utf8', 0, await file.read(bytes, 0)) };
      } finally {
        await file.close();
      }
    } catch (refused) {
      if (refused instanceof HalError) return { name: this.name, unreadable: refused.message };
      throw refused;
    }
  }

  async write(text: string): Promise<void> {
    await writeDurably(await this.#folder(), this.#path, Buffer.from(text));
  }
}
