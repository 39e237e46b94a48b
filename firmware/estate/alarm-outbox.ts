import * as v from 'valibot';
import type { Clock } from '../../hal/clock.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { Document } from '../mailbox/document.ts';
import { openDocument } from '../mailbox/document.ts';
import { Folders } from '../mailbox/folders.ts';
import { UuidV7 } from '../mailbox/uuidv7.ts';
import { Delayed } from '../site/delayed.ts';
import type { AlarmEvent } from './alarm-events.ts';

export const estateFolder = 'estate';
const path = `${estateFolder}/outbox`;

/** Alarms that wait; with the longest texts they fill a document (100 KiB). Beyond it the oldest goes, and is counted. */
export const maxWaiting = 256;
/** What may be lost without harm (a repetition counted, an alarm that is told) is written so late at most. */
const lazyMs = 10_000;

const entry = v.strictObject({
  id: v.string(), event: v.string(), subject: v.string(), state: v.picklist(['raised', 'cleared']), text: v.string(),
  times: v.number(), firstMs: v.number(), lastMs: v.number(),
});
const schema = v.strictObject({ dropped: v.number(), waiting: v.pipe(v.array(entry), v.maxLength(maxWaiting)) });

export type WaitingAlarm = Readonly<v.InferOutput<typeof entry>>;
interface OutboxRecord {
  dropped: number;
  waiting: WaitingAlarm[];
}

export interface OutboxParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: Storage;
  readonly log: Log;
}

/**
 * Alarms until the broker has them, on disk: whatever is away, and for however long. Each is told at least once; the id tells a
 * repetition. What comes again while it waits is counted and takes no further place.
 */
export class AlarmOutbox {
  readonly #parts: OutboxParts;
  readonly #document: Document<OutboxRecord>;
  readonly #ids: UuidV7;
  readonly #later: Delayed;
  #waiting: WaitingAlarm[];
  #dropped: number;
  /** Being told: a repetition of it is a new one. */
  #inFlight = '';
  #notStored = false;

  private constructor(parts: OutboxParts, document: Document<OutboxRecord>) {
    this.#parts = parts;
    this.#document = document;
    this.#ids = new UuidV7(parts.clock, parts.random);
    this.#waiting = [...document.state.waiting];
    this.#dropped = document.state.dropped;
    for (const { id } of this.#waiting) this.#ids.observe(id);
    this.#later = new Delayed(parts.clock, 'estate-outbox', () => this.#store());
  }

  /** Errors: HalError no-space, read-only, io. */
  static async open(parts: OutboxParts): Promise<AlarmOutbox> {
    await new Folders(parts.storage).ensure(estateFolder);
    const empty: OutboxRecord = { dropped: 0, waiting: [] };
    return new AlarmOutbox(parts, await openDocument<OutboxRecord>(parts.storage, path, empty, (found) => v.parse(schema, found), parts.log));
  }

  add({ event, subject, state, text }: AlarmEvent): void {
    const nowMs = Math.max(0, Math.floor(this.#parts.clock.wall()));
    const last = this.#waiting.findLastIndex((one) => one.event === event && one.subject === subject);
    const before = this.#waiting[last];
    if (before !== undefined && before.state === state && before.id !== this.#inFlight) {
      this.#waiting[last] = { ...before, text, times: before.times + 1, lastMs: nowMs };
      return this.#later.in(lazyMs);
    }
    this.#waiting.push({ id: this.#ids.next(), event, subject, state, text, times: 1, firstMs: nowMs, lastMs: nowMs });
    if (this.#waiting.length > maxWaiting) this.#dropOldest();
    this.#store();
  }

  /** The oldest, which is being told from now on; null = none waits. */
  next(): WaitingAlarm | null {
    const [first] = this.#waiting;
    this.#inFlight = first?.id ?? '';
    return first ?? null;
  }

  /** The broker has it. */
  told(id: string): void {
    this.#waiting = this.#waiting.filter((one) => one.id !== id);
    this.#inFlight = '';
    this.#later.in(lazyMs);
  }

  /** It could not be told now. */
  kept(): void {
    this.#inFlight = '';
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Since the unit was made. */
  get dropped(): number {
    return this.#dropped;
  }

  async close(): Promise<void> {
    this.#later.stop();
    await this.#write();
  }

  #dropOldest(): void {
    const at = this.#waiting[0]?.id === this.#inFlight ? 1 : 0;
    const [gone] = this.#waiting.splice(at, 1);
    this.#dropped += 1;
    if (gone !== undefined) this.#parts.log.write('warning', 'estate-alarm-dropped', `${maxWaiting} alarms wait for the broker; the oldest, ${gone.event}, was dropped.`, { dropped: this.#dropped });
  }

  #store(): void {
    void this.#write();
  }

  /** A disk that refuses must not raise an alarm that it would refuse, too. */
  async #write(): Promise<void> {
    try {
      await this.#document.change((state) => {
        state.waiting = [...this.#waiting];
        state.dropped = this.#dropped;
      });
      this.#notStored = false;
    } catch (error) {
      if (!this.#notStored) this.#parts.log.write('error', 'estate-outbox-not-stored', `Alarms that wait for the broker are in memory only: ${String(error)}`);
      this.#notStored = true;
    }
  }
}
