import * as v from 'valibot';
import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { Document } from '../mailbox/document.ts';
import { openDocument } from '../mailbox/document.ts';
import type { Alarm } from './alarm-machine.ts';
import { alarmSchema } from './alarm-machine.ts';

const schema = v.strictObject({ version: v.literal(1), alarms: v.record(v.string(), alarmSchema) });

/** With the longest texts and names they fit into a document. */
export const mostAlarms = 150;

/** Alarm calls that are set, by id. They are of the site: whichever unit serves rings them. */
export class AlarmStore {
  /** Told when one has changed or gone, durably. */
  changed: ((id: string) => void) | null = null;
  readonly #document: Document<v.InferOutput<typeof schema>>;

  private constructor(document: Document<v.InferOutput<typeof schema>>) {
    this.#document = document;
  }

  /** The folder of `path` must exist. Errors: HalError read-only, io. */
  static async open(storage: Storage, path: string, log: Log): Promise<AlarmStore> {
    return new AlarmStore(await openDocument(storage, path, { version: 1, alarms: {} }, (found) => v.parse(schema, found), log));
  }

  /** The next to ring first. */
  all(): readonly Alarm[] {
    return Object.values(this.#document.state.alarms).sort((one, other) => one.nextMs - other.nextMs);
  }

  find(id: string): Alarm | null {
    return this.#document.state.alarms[id] ?? null;
  }

  get full(): boolean {
    return this.all().length >= mostAlarms;
  }

  /** Durable when resolved. Errors: HalError busy (there are enough), too-large, no-space, read-only, io. */
  async put(alarm: Alarm): Promise<void> {
    if (this.full && this.find(alarm.id) === null) throw new HalError('busy', 'alarms', `${mostAlarms} alarms are set already`);
    await this.#document.change((state) => (state.alarms[alarm.id] = alarm));
    this.changed?.(alarm.id);
  }

  /** Durable when resolved. Errors: HalError no-space, read-only, io. */
  async remove(id: string): Promise<void> {
    if (this.find(id) === null) return;
    await this.#document.change((state) => void delete state.alarms[id]);
    this.changed?.(id);
  }
}
