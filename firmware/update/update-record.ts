import * as v from 'valibot';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { openDocument, type Document } from '../mailbox/document.ts';
import { freshRecord, keptOutcomes, type UpdateRecord } from './update-state.ts';

export const updateFolder = 'update';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const words = v.pipe(v.string(), v.maxLength(1024));
const release = v.strictObject({ floor: words, data: count, dataFrom: count, pair: count, pairFrom: count });
const slot = v.strictObject({ slot: words, version: words, release: v.nullable(release) });
const outcome = v.strictObject({ atMs: v.number(), from: words, version: words, end: v.picklist(['good', 'rolled-back', 'refused', 'failed', 'cancelled']), reason: words });

/** A version that does not know a key of a later one must still read it: it may have come back from there. */
const schema = v.object({
  form: v.literal(1),
  step: v.picklist(['none', 'installing', 'installed', 'trying', 'failed']),
  target: v.nullable(slot), before: v.nullable(slot), bootId: words, reason: words, starts: count,
  good: v.nullable(slot), older: v.nullable(slot), floor: words, dataNeeds: count,
  outcomes: v.pipe(v.array(outcome), v.maxLength(keptOutcomes)),
});

type Stored = v.InferOutput<typeof schema>;

/** How far an update has come, on the disk. */
export class RecordFile {
  readonly #document: Document<Stored>;

  private constructor(document: Document<Stored>) {
    this.#document = document;
  }

  /** Errors: HalError no-space, read-only, io. */
  static async open(storage: Storage, log: Log, floor: string, dataNeeds: number): Promise<RecordFile> {
    if ((await storage.stat(updateFolder)) === null) {
      await storage.makeDirectory(updateFolder);
      await storage.syncDirectory('');
    }
    return new RecordFile(await openDocument<Stored>(storage, `${updateFolder}/state`, { form: 1, ...freshRecord(floor, dataNeeds), outcomes: [] }, (found) => v.parse(schema, found), log));
  }

  get record(): UpdateRecord {
    const { form: _, ...record } = this.#document.state;
    return record;
  }

  /** Durable when it resolves. Errors: HalError no-space, read-only, io. */
  async keep(record: UpdateRecord): Promise<void> {
    const short = (text: string): string => text.slice(0, 1024);
    await this.#document.change((state) => void Object.assign(state, { ...record, reason: short(record.reason), outcomes: record.outcomes.map((one) => ({ ...one, reason: short(one.reason) })) }));
  }
}
