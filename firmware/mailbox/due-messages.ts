import { heldSinceMs } from './mailbox-figures.ts';
import type { Row } from './message-index.ts';
import { deletedMsOf, stateOf } from './message-index.ts';
import type { MessageState } from './message.ts';

/** Deleted ones that are to go for good: what was deleted before `beforeMs`, and of the rest all but the newest `keep`. Oldest deletion first. */
export function dueTrash(rows: readonly Row[], beforeMs: number, keep: number): Row[] {
  const trash = rows.filter((row) => stateOf(row) === 'deleted').sort((left, right) => deletedMsOf(left) - deletedMsOf(right));
  return trash.filter((row, at) => deletedMsOf(row) <= beforeMs || at < trash.length - keep);
}

/** Whether a message has been in its state for too long. `keptMs`: for how long a state is kept; 0 = for ever. */
export function isAged(row: Row, nowMs: number, keptMs: (state: MessageState) => number): boolean {
  const kept = keptMs(stateOf(row));
  return kept > 0 && heldSinceMs(row) <= nowMs - kept;
}
