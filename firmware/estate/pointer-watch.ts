import type { KeyObject } from 'node:crypto';
import type { Pointer } from './note-bodies.ts';
import { readPointer } from './note-bodies.ts';
import type { SignedNote } from './signed-note.ts';
import { isSignedBy, readNote } from './signed-note.ts';

/** Why a pointer changed nothing. */
export type PointerRefusal = 'malformed' | 'stranger' | 'foreign-site' | 'forged' | 'repeated' | 'stale' | 'contradictory';

/** Where a site stands on this unit. */
export interface Standing {
  readonly version: number;
  readonly hash: string;
  readonly epoch: number;
}

export interface PointerWatchParts {
  readonly site: string;
  /** Key of a unit of this site; null = not one of ours. */
  readonly keyOf: (unit: string) => KeyObject | null;
}

const noCounts: Readonly<Record<PointerRefusal, number>> = { 'malformed': 0, 'stranger': 0, 'foreign-site': 0, 'forged': 0, 'repeated': 0, 'stale': 0, 'contradictory': 0 };

/**
 * The newest pointer of each unit of the site. A broker may repeat, delay, reorder and keep old ones, and strangers may write to it; so a
 * pointer counts only if its unit signed it, and if it is newer (epoch, then version) than all that the unit said before.
 */
export class PointerWatch {
  readonly refused: Record<PointerRefusal, number> = { ...noCounts };
  taken = 0;
  readonly #parts: PointerWatchParts;
  /** At most as many as the site has units: only theirs get here. */
  readonly #newest = new Map<string, { readonly pointer: Pointer; readonly note: SignedNote }>();

  constructor(parts: PointerWatchParts) {
    this.#parts = parts;
  }

  /** Whether it is news. `unit` as the topic has it. The signature is looked at last, because it costs the most. */
  take(unit: string, bytes: Uint8Array): boolean {
    const why = this.#refusal(unit, bytes);
    if (why === null) this.taken += 1;
    else this.refused[why] += 1;
    return why === null;
  }

  get newest(): readonly Pointer[] {
    return [...this.#newest.values()].map(({ pointer }) => pointer);
  }

  /** A pointer of another unit that knows more than this unit has; null = none does. A merge has a greater version than both it was made from. */
  aheadOf(own: Standing | null, self: string): Pointer | null {
    const { version, epoch, hash } = own ?? { version: 0, epoch: 0, hash: '' };
    return this.newest.find((one) => one.unit !== self && one.hash !== hash && (one.version > version || (one.version === version && one.epoch > epoch))) ?? null;
  }

  #refusal(unit: string, bytes: Uint8Array): PointerRefusal | null {
    const key = this.#parts.keyOf(unit);
    if (key === null) return 'stranger';
    const note = readNote(bytes);
    const pointer = note === null ? null : readPointer(note.body);
    if (note === null || pointer === null) return 'malformed';
    if (pointer.site !== this.#parts.site || pointer.unit !== unit) return 'foreign-site';
    const before = this.#newest.get(unit);
    if (before?.note.text === note.text) return 'repeated';
    if (before !== undefined && !isNewer(pointer, before.pointer)) return this.#older(pointer, before.pointer);
    if (!isSignedBy('pointer', note, key)) return 'forged';
    this.#newest.set(unit, { pointer, note });
    return null;
  }

  /** The same content told at another time is no contradiction. */
  #older(pointer: Pointer, before: Pointer): PointerRefusal {
    if (isNewer(before, pointer)) return 'stale';
    return pointer.hash === before.hash ? 'repeated' : 'contradictory';
  }
}

const isNewer = (one: Pick<Standing, 'epoch' | 'version'>, other: Pick<Standing, 'epoch' | 'version'>): boolean =>
  one.epoch > other.epoch || (one.epoch === other.epoch && one.version > other.version);
