import type { WallMs } from '../../hal/clock.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { openDocument, type Document } from '../mailbox/document.ts';
import type { CheckName } from './health-check.ts';
import { ladders } from './ladders.ts';
import { remedies, type Remedy } from './remedy.ts';

/** A remedy that ended the process: what the next start must know, lest it do the same for ever. */
export interface Ended {
  readonly check: CheckName;
  readonly remedy: Remedy;
  readonly cause: string;
  readonly atMs: WallMs;
}

interface MemoryDocument {
  ended: Ended | null;
}

/** Such a text goes to the disk at a bad moment: short. */
const causeLimit = 300;

/** Remembers the last remedy that ended the process. A disk that does not work forgets, and nothing here throws. */
export class RemedyMemory {
  readonly #document: Document<MemoryDocument> | null;

  private constructor(document: Document<MemoryDocument> | null) {
    this.#document = document;
  }

  static async open(storage: Storage, log: Log): Promise<RemedyMemory> {
    try {
      await storage.makeDirectory('health');
      await storage.syncDirectory('');
      return new RemedyMemory(await openDocument<MemoryDocument>(storage, 'health/remedies', { ended: null }, checked, log));
    } catch (error) {
      log.write('warning', 'health-forgets', `The remedies of earlier starts cannot be read: ${String(error)}`);
      return new RemedyMemory(null);
    }
  }

  get ended(): Ended | null {
    return this.#document?.state.ended ?? null;
  }

  async note(ended: Ended): Promise<void> {
    await this.#document?.change((state) => (state.ended = { ...ended, cause: ended.cause.slice(0, causeLimit) })).catch(() => undefined);
  }
}

function checked(found: unknown): MemoryDocument {
  const ended = (found as { ended?: Partial<Ended> | null } | null)?.ended;
  if (ended === null) return { ended };
  const known = typeof ended?.check === 'string' && ended.check in ladders && typeof ended.remedy === 'string' && ended.remedy in remedies;
  if (!known || typeof ended.cause !== 'string' || typeof ended.atMs !== 'number') throw new RangeError('not a remedy');
  return { ended: ended as Ended };
}
