import type { MessageState } from '../../mailbox/message.ts';

/** From what an owner wants most to what can go. */
const preference: readonly MessageState[] = ['saved', 'old', 'unopened', 'new', 'deleted'];

/**
 * The state of a message that lies on both units. `base` is the one it was taken over in: whichever unit's differs is newer. Where
 * both do, no clock tells which came last, since each unit has its own: then the less destructive one stays, as after a power cut
 * (mailbox/reconcile.ts). null = it is not known any more, which counts as changed on both.
 */
export function mergedState(base: MessageState | null, home: MessageState, away: MessageState): MessageState {
  if (away === base) return home;
  if (home === base) return away;
  return preference.find((state) => state === home || state === away) ?? home;
}
