import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { type Document, openDocument } from '../mailbox/document.ts';
import { maxEpoch } from './epoch.ts';

interface EpochDocument {
  epoch: number;
}

const folder = 'pair';

/** The unit's last epoch on disk. A disk that does not work is told to the log and makes `persist` fail; it never throws from `open`. */
export class EpochStore {
  readonly #document: Document<EpochDocument> | null;

  private constructor(document: Document<EpochDocument> | null) {
    this.#document = document;
  }

  static async open(storage: Storage, log: Log): Promise<EpochStore> {
    try {
      await storage.makeDirectory(folder);
      await storage.syncDirectory('');
      return new EpochStore(await openDocument<EpochDocument>(storage, `${folder}/epoch`, { epoch: 0 }, checkedEpoch, log));
    } catch (error) {
      log.write('alert', 'pair-epoch-unreadable', `The epoch of the pair cannot be read, so this unit starts from what its partner says: ${String(error)}`);
      return new EpochStore(null);
    }
  }

  get epoch(): number {
    return this.#document?.state.epoch ?? 0;
  }

  /** Resolves to whether `epoch` is durable. */
  async persist(epoch: number): Promise<boolean> {
    try {
      if (this.#document === null) return false;
      await this.#document.change((state) => (state.epoch = Math.max(state.epoch, epoch)));
      return true;
    } catch {
      return false;
    }
  }
}

function checkedEpoch(found: unknown): EpochDocument {
  const epoch = (found as { epoch?: unknown } | null)?.epoch;
  if (typeof epoch !== 'number' || !Number.isInteger(epoch) || epoch < 0 || epoch > maxEpoch) throw new RangeError('not an epoch');
  return { epoch };
}
