import * as v from 'valibot';
import type { Clock } from '../../hal/clock.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { Document } from './document.ts';
import { openDocument } from './document.ts';
import { mailboxFolder } from './mailbox-paths.ts';
import { idPattern } from './recording.ts';
import { Serial } from './serial.ts';
import type { StateVersion } from './state-version.ts';
import { joined, unknownVersion } from './state-version.ts';

/** A purge is remembered so long; beyond it a message that still lies on the partner comes back. */
export const tombstoneDays = 92;
/** For one mailbox: 52 KB of a document's 100. The oldest make room. */
export const maxTombstones = 1000;
/** Documents that stay open; the others are read when they are asked. */
const maxOpen = 16;
const dayMs = 86_400_000;

export interface Tombstone {
  readonly id: string;
  /** Of the state it was purged in, the purge counted as a change. */
  readonly version: StateVersion;
}

const day = v.pipe(v.number(), v.safeInteger());
const version = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(unknownVersion));
const rowSchema = v.strictTuple([v.pipe(v.string(), v.regex(idPattern)), version, day]);
const stateSchema = v.strictObject({ version: v.literal(1), purged: v.pipe(v.array(rowSchema), v.maxLength(maxTombstones)) });
type State = v.InferOutput<typeof stateSchema>;

export interface TombstonesParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
}

/** Which messages have been purged here, so that they do not come back from a partner that has not heard of it. A row for a message that is there means nothing. */
export class Tombstones {
  readonly #parts: TombstonesParts;
  /** Used last, last. */
  readonly #open = new Map<string, Document<State>>();
  /** A document is never open twice at once. */
  readonly #serial = new Serial();

  constructor(parts: TombstonesParts) {
    this.#parts = parts;
  }

  /** The mailbox must have its folder. Resolves when durable. Errors: HalError. */
  add(mailbox: string, purged: readonly Tombstone[]): Promise<void> {
    return this.#serial.run(async () => {
      const document = await this.#document(mailbox);
      const today = Math.floor(this.#parts.clock.wall() / dayMs);
      const rows = new Map(document.state.purged.map((row) => [row[0], row]));
      for (const { id, version: made } of purged) {
        const known = rows.get(id);
        rows.delete(id);
        rows.set(id, [id, known === undefined ? made : joined(known[1], made), today]);
      }
      const kept = [...rows.values()].filter(([, , on]) => on > today - tombstoneDays).slice(-maxTombstones);
      await document.change((state) => (state.purged = kept));
    });
  }

  /** Of what was not purged after all. Resolves when durable. Errors: HalError. */
  drop(mailbox: string, id: string): Promise<void> {
    return this.#serial.run(async () => {
      const document = await this.#document(mailbox);
      if (document.state.purged.some(([one]) => one === id)) await document.change((state) => (state.purged = state.purged.filter(([one]) => one !== id)));
    });
  }

  /** Those of `ids` that have been purged. Errors: HalError. */
  find(mailbox: string, ids: readonly string[]): Promise<ReadonlyMap<string, StateVersion>> {
    return this.#serial.run(async () => {
      const wanted = new Set(ids);
      const found = (await this.#document(mailbox)).state.purged.filter(([id]) => wanted.has(id));
      return new Map(found.map(([id, made]) => [id, made]));
    });
  }

  async #document(mailbox: string): Promise<Document<State>> {
    const document = this.#open.get(mailbox) ?? (await this.#read(mailbox));
    this.#open.delete(mailbox);
    this.#open.set(mailbox, document);
    const [oldest] = this.#open.keys();
    if (this.#open.size > maxOpen && oldest !== undefined) this.#open.delete(oldest);
    return document;
  }

  #read(mailbox: string): Promise<Document<State>> {
    const { storage, log } = this.#parts;
    return openDocument<State>(storage, `${mailboxFolder(mailbox)}/purged`, { version: 1, purged: [] }, (found) => v.parse(stateSchema, found), log);
  }
}
