import * as v from 'valibot';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { Document } from '../mailbox/document.ts';
import { openDocument } from '../mailbox/document.ts';

const line = v.strictObject({
  at: v.pipe(v.number(), v.finite()),
  mailbox: v.nullable(v.string()),
  message: v.nullable(v.string()),
  to: v.string(),
  mode: v.string(),
  outcome: v.picklist(['accepted', 'put off', 'refused', 'given up', 'dropped', 'gone']),
  words: v.string(),
});
const schema = v.strictObject({ version: v.literal(1), lines: v.array(line) });

export type DeliveryLine = v.InferOutput<typeof line>;

/** With the longest address and words they fit into a document. */
export const mostDeliveryLines = 150;

/** What became of mails, for the administrator: the last ones, on the disk. */
export class DeliveryLog {
  readonly #document: Document<v.InferOutput<typeof schema>>;

  private constructor(document: Document<v.InferOutput<typeof schema>>) {
    this.#document = document;
  }

  /** The folder of `path` must exist. Errors: HalError read-only, io. */
  static async open(storage: Storage, path: string, log: Log): Promise<DeliveryLog> {
    return new DeliveryLog(await openDocument(storage, path, { version: 1, lines: [] }, (found) => v.parse(schema, found), log));
  }

  /** Oldest first. */
  get lines(): readonly DeliveryLine[] {
    return this.#document.state.lines;
  }

  /** Never rejects: a log that cannot be written must not hold up the mail. */
  async write(told: DeliveryLine): Promise<void> {
    await this.#document.change((state) => (state.lines = [...state.lines, told].slice(-mostDeliveryLines))).catch(() => undefined);
  }
}
