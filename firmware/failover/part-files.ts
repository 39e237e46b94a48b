import type { Storage } from '../../hal/storage.ts';
import { folderOf } from '../mailbox/mailbox-paths.ts';
import { idPattern } from '../mailbox/recording.ts';

/** Messages that come in pieces, each in `<folder>/<id>.part` until it is whole. All of them are HalErrors that go wrong here. */
export class PartFiles {
  readonly #storage: Storage;
  readonly #folder: string;

  constructor(storage: Storage, folder: string) {
    this.#storage = storage;
    this.#folder = folder;
  }

  /** The folder exists, durably. */
  async open(): Promise<void> {
    await this.#storage.makeDirectory(this.#folder);
    await this.#storage.syncDirectory(folderOf(this.#folder));
  }

  path(id: string): string {
    return `${this.#folder}/${id}.part`;
  }

  /** null = there is none. */
  async bytes(id: string): Promise<number | null> {
    return (await this.#storage.stat(this.path(id)))?.bytes ?? null;
  }

  async ids(): Promise<string[]> {
    return (await this.#storage.list(this.#folder)).map(partId).filter((id) => id !== null);
  }

  /** At 0 there must be none. Resolves when durable. */
  async write(id: string, bytes: Uint8Array, at: number): Promise<void> {
    const file = await this.#storage.open(this.path(id), at === 0 ? 'create' : 'update');
    try {
      await file.write(bytes, at);
      await file.dataSync();
    } finally {
      await file.close();
    }
    if (at === 0) await this.#storage.syncDirectory(this.#folder);
  }

  /** What an earlier run wrote and was killed before it synced reads well, and is lost with the next power cut. After a failure it is never tried again. */
  async sync(id: string): Promise<void> {
    const file = await this.#storage.open(this.path(id), 'update');
    try {
      await file.dataSync();
      await this.#storage.syncDirectory(this.#folder);
    } finally {
      await file.close();
    }
  }

  async remove(id: string): Promise<void> {
    await this.#storage.remove(this.path(id));
  }
}

/** null = no name of a part. */
function partId(name: string): string | null {
  const [id = '', ending] = name.split('.');
  return idPattern.test(id) && ending === 'part' ? id : null;
}
