import type { MessageState } from './message.ts';

/**
 * How often each unit of a pair has changed the state of a message: two counters of 16 bits in one number, the primary's high. Of two states of
 * one message the one whose counters are both at least the other's was made in knowledge of it; else the two were made apart. A counter
 * stops at its end: then changes look as if made apart.
 */
export type StateVersion = number;
export type Counter = 'primary' | 'backup';

/** A state and how it came about. */
export interface VersionedState {
  readonly state: MessageState;
  readonly version: StateVersion;
}

export const firstVersion: StateVersion = 0;
/** Of a state that was read from a file's name after its row was lost: made apart from every other. */
export const unknownVersion: StateVersion = 0xffffffff;

const end = 0xffff;
const high = 0x10000;
const primaryOf = (version: StateVersion): number => Math.floor(version / high);
const backupOf = (version: StateVersion): number => version % high;
/** Both at their end is the unknown one. */
const packed = (primary: number, backup: number): StateVersion => Math.min(primary * high + backup, unknownVersion - 1);

/** After one more change by that unit. */
export function changed(version: StateVersion, by: Counter | null): StateVersion {
  if (by === null || version === unknownVersion) return version;
  const [primary, backup] = [primaryOf(version), backupOf(version)];
  return by === 'primary' ? packed(Math.min(end, primary + 1), backup) : packed(primary, Math.min(end, backup + 1));
}

/** Whether what has `one` was made in knowledge of all that has `other`; also of equals. */
export function includes(one: StateVersion, other: StateVersion): boolean {
  if (one === unknownVersion || other === unknownVersion) return one === other;
  return primaryOf(one) >= primaryOf(other) && backupOf(one) >= backupOf(other);
}

/** In knowledge of both; what is unknown adds nothing. */
export function joined(one: StateVersion, other: StateVersion): StateVersion {
  if (one === unknownVersion) return other;
  if (other === unknownVersion) return one;
  return packed(Math.max(primaryOf(one), primaryOf(other)), Math.max(backupOf(one), backupOf(other)));
}
