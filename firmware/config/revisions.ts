import type { WallMs } from '../../hal/clock.ts';
import type { Storage } from '../../hal/storage.ts';
import { readWhole, writeDurably } from '../site/durable-file.ts';
import { maxConfigurationBytes } from './parse-configuration.ts';

/** A configuration that was in force once. */
export interface Revision {
  readonly text: string;
  /** Who put it in force: a technician, 'the file' for a change by hand. */
  readonly by: string;
  readonly takenMs: WallMs;
}

const folder = 'config/revisions';
/** Kept configurations; the oldest goes first. At most 10 MiB, for the largest file there may be. */
export const revisionsKept = 20;
const form = 1;
/** JSON doubles line ends and quotes. */
const largestBytes = 2 * maxConfigurationBytes + 1024;

/** The last configurations, newest first, one file each: '00000017.json'. */
export class Revisions {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Newest first. What cannot be read is left out. Errors: HalError io. */
  async list(): Promise<readonly Revision[]> {
    const found: Revision[] = [];
    for (const name of (await this.#names()).reverse()) {
      const revision = decoded(await readWhole(this.#storage, `${folder}/${name}`, largestBytes));
      if (revision !== null) found.push(revision);
    }
    return found;
  }

  /** Keeps one more unless it is the newest already. Durable when it resolves. Errors: HalError no-space, read-only, io. */
  async add(revision: Revision): Promise<void> {
    const [newest] = await this.list();
    if (newest?.text === revision.text) return;
    const names = await this.#names();
    if ((await this.#storage.stat(folder)) === null) {
      await this.#storage.makeDirectory(folder);
      await this.#storage.syncDirectory('config');
      await this.#storage.syncDirectory('');
    }
    const next = Number.parseInt(names.at(-1) ?? '0', 10) + 1;
    await writeDurably(this.#storage, `${folder}/${String(next).padStart(8, '0')}.json`, Buffer.from(JSON.stringify({ form, ...revision })));
    for (const name of names.slice(0, Math.max(0, names.length + 1 - revisionsKept))) await this.#storage.remove(`${folder}/${name}`);
  }

  /** Oldest first. */
  async #names(): Promise<string[]> {
    if ((await this.#storage.stat(folder)) === null) return [];
    return (await this.#storage.list(folder)).filter((name) => /^[0-9]{8}\.json$/.test(name)).sort();
  }
}

function decoded(bytes: Uint8Array | null): Revision | null {
  try {
    const { form: found, text, by, takenMs } = JSON.parse(Buffer.from(bytes ?? []).toString()) as Record<string, unknown>;
    if (found !== form || typeof text !== 'string' || typeof by !== 'string' || typeof takenMs !== 'number') return null;
    return { text, by, takenMs: takenMs as WallMs };
  } catch {
    return null;
  }
}
