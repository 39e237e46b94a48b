import * as v from 'valibot';
import type { Storage } from '../../hal/storage.ts';
import { localTime } from '../callflow/language/local-time.ts';
import type { OutgoingSpent } from '../calls/outgoing-rules.ts';
import { nothingSpent, spendCall, spentOn } from '../calls/outgoing-rules.ts';
import type { OutgoingSettings } from '../config/notify-settings.ts';
import type { Log } from '../log.ts';
import type { Document } from '../mailbox/document.ts';
import { openDocument } from '../mailbox/document.ts';
import { dateText } from './local-moment.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const schema = v.strictObject({ version: v.literal(1), spent: v.strictObject({ day: v.string(), all: count, byMailbox: v.record(v.string(), count) }) });

/** Calls to numbers outside that were made today: written down before each is placed, so that a unit that falls over again and again cannot spend more. */
export class BudgetLedger {
  readonly #document: Document<v.InferOutput<typeof schema>>;

  private constructor(document: Document<v.InferOutput<typeof schema>>) {
    this.#document = document;
  }

  /** The folder of `path` must exist. Errors: HalError read-only, io. */
  static async open(storage: Storage, path: string, log: Log): Promise<BudgetLedger> {
    return new BudgetLedger(await openDocument(storage, path, { version: 1, spent: nothingSpent }, (found) => v.parse(schema, found), log));
  }

  /** false = that is too many. Durable when resolved. Errors: HalError no-space, read-only, io; then no call may be made. */
  async spend(budget: OutgoingSettings, mailbox: string | null, nowMs: number, timeZone: string): Promise<boolean> {
    const after = spendCall(this.#document.state.spent, budget, today(nowMs, timeZone), mailbox);
    if (after === null) return false;
    await this.#document.change((state) => (state.spent = { ...after, byMailbox: { ...after.byMailbox } }));
    return true;
  }

  spent(nowMs: number, timeZone: string): OutgoingSpent {
    return spentOn(this.#document.state.spent, today(nowMs, timeZone));
  }
}

const today = (nowMs: number, timeZone: string): string => dateText(localTime(nowMs, timeZone));
