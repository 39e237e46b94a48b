import type { Message } from '../mailbox/message.ts';
import type { Telling } from './notify-record.ts';
import { mostTold } from './notify-record.ts';

/** Of messages that another unit took, those that are older were its to tell. */
const othersTellMs = 10 * 60_000;

export interface UntoldContext {
  /** The way is on. */
  readonly on: boolean;
  readonly telling: Telling;
  /** All that are there, also those in the trash, which count as gone: what is brought back from there is not new. */
  readonly messages: readonly Message[];
  /** For whom this unit takes messages; null = for itself. */
  readonly takenFor: string | null;
  readonly inPair: boolean;
  readonly nowMs: number;
}

export interface Untold {
  /** What is kept from now on; the same object where nothing changed. */
  readonly telling: Telling;
  /** New ones that are to be told, oldest first. */
  readonly messages: readonly Message[];
}

/** Which messages are to be told in one way. What is there when it is turned on is not; nor is what the partner took and had time to tell. */
export function untold({ on, telling, messages, takenFor, inPair, nowMs }: UntoldContext): Untold {
  if (!on) return { telling: telling.on ? { on: false, told: [], job: null } : telling, messages: [] };
  const ids = new Set(messages.filter(({ state }) => state !== 'deleted').map(({ id }) => id));
  if (!telling.on) return { telling: { on: true, told: [...ids].slice(-mostTold), job: null }, messages: [] };
  const told = telling.told.filter((id) => ids.has(id));
  const known = new Set(told);
  const fresh = messages.filter(({ id, state }) => state === 'new' && !known.has(id));
  const others = fresh.filter((message) => inPair && (message.takenFor ?? null) !== takenFor && nowMs - message.startedMs - message.durationMs > othersTellMs);
  const kept = others.length === 0 && told.length === telling.told.length ? telling : { ...telling, told: [...told, ...others.map(({ id }) => id)].slice(-mostTold) };
  return { telling: kept, messages: fresh.filter((message) => !others.includes(message)) };
}

/** These have been told. */
export const withTold = (telling: Telling, ids: readonly string[]): Telling => ({ ...telling, told: [...telling.told, ...ids.filter((id) => !telling.told.includes(id))].slice(-mostTold) });
