import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { UnitFacts } from './estate-parts.ts';
import { KeptNote } from './kept-note.ts';
import { readPointer } from './note-bodies.ts';
import type { RaisedAlarms } from './raised-alarms.ts';
import { readNote } from './signed-note.ts';
import type { Kind } from './topics.ts';

export interface EstateNewsParts {
  readonly clock: Clock;
  readonly unit: string;
  readonly name: () => string;
  readonly product: string;
  readonly facts: () => UnitFacts;
  readonly raised: RaisedAlarms;
  readonly sign: (kind: Kind, body: object) => Uint8Array;
  /** Kept by the broker. Errors: HalError. */
  readonly publish: (kind: Kind, bytes: Uint8Array) => Promise<void>;
}

/** At most so often. */
export const presenceMs = 10_000;
export const pointerMs = 2000;

/** What the broker keeps of this unit: that it is there and how it goes, and, from the unit that serves, where the site stands. */
export class EstateNews {
  readonly #parts: EstateNewsParts;
  readonly #presence = new KeptNote(presenceMs);
  readonly #pointer = new KeptNote(pointerMs);
  /** The hash that was told last. */
  #pointed: string | null = null;

  constructor(parts: EstateNewsParts) {
    this.#parts = parts;
  }

  /** A broker that may have forgotten everything. */
  afresh(): void {
    this.#presence.forget();
    this.#pointer.forget();
  }

  look(): void {
    const facts = this.#parts.facts();
    this.#tell('presence', this.#presence, this.#presenceBody('online', facts));
    if (!facts.serves || facts.site === null) return;
    const { version, hash } = facts.site;
    this.#pointed = hash;
    this.#tell('pointer', this.#pointer, { version, hash, epoch: facts.epoch });
  }

  /** What the broker keeps as this unit's pointer: an old one, or one of somebody else, is replaced by the one that counts. */
  ownPointer(payload: Uint8Array): void {
    const note = readNote(payload);
    if (note !== null && readPointer(note.body)?.hash === this.#pointed) return;
    this.#pointer.lost();
  }

  lastWill(): Uint8Array {
    const { atMs, ...rest } = this.#timed(this.#presenceBody('offline', this.#parts.facts()));
    return this.#parts.sign('presence', { ...rest, atMs });
  }

  #presenceBody(state: 'online' | 'offline', { role, epoch, calls, site }: UnitFacts) {
    const { all } = this.#parts.raised;
    const { name, product } = this.#parts;
    return { name: name().slice(0, 64), state, role, epoch, version: site?.version ?? 0, calls: state === 'offline' ? 0 : calls, alarms: all.length, lastAlarm: all.at(-1)?.event ?? null, product: product.slice(0, 64) };
  }

  #tell(kind: Kind, note: KeptNote, body: object): void {
    const nowMs = this.#parts.clock.monotonic();
    const text = JSON.stringify(body);
    if (!note.isDue(text, nowMs)) return;
    note.told(text, nowMs);
    this.#parts.publish(kind, this.#parts.sign(kind, this.#timed(body))).catch((error: unknown) => {
      if (!(error instanceof HalError)) throw error;
      note.lost();
    });
  }

  #timed<Body extends object>(body: Body): Body & { atMs: number } {
    return { ...body, atMs: Math.max(0, Math.floor(this.#parts.clock.wall())) };
  }
}
