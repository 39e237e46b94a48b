import type { Row } from './message-index.ts';
import { bytesOf, countRows, idOf, sinceMsOf, startedMsOf, stateOf, takenForOf } from './message-index.ts';
import { messageStates } from './mailbox-paths.ts';
import type { MessageState } from './message.ts';
import type { MailboxCounts } from './message-store.ts';

/** Messages that were taken for one other unit. */
export interface Taken {
  readonly for: string;
  readonly messages: number;
  /** Of audio. */
  readonly bytes: number;
  readonly oldestId: string;
}

/** What the messages of a mailbox add up to, deleted ones too: all that anybody asks of a mailbox who does not want a message itself. */
export interface MailboxFigures {
  readonly counts: MailboxCounts;
  readonly messages: number;
  /** Of audio. */
  readonly bytes: number;
  /** null = there is none. */
  readonly oldestId: string | null;
  readonly newestId: string | null;
  /** Of those that were never heard; null = there is none. */
  readonly newestNewId: string | null;
  readonly taken: readonly Taken[];
  /** By state, in the order of `messageStates`: since when the message that has it longest has it, wall time; null = none has. */
  readonly sinceMs: readonly (number | null)[];
}

/** `rows`: in the order of their ids. */
export function figuresOf(rows: readonly Row[]): MailboxFigures {
  const newestNew = rows.findLast((row) => stateOf(row) === 'new');
  const since = new Map<MessageState, number>();
  for (const row of rows) since.set(stateOf(row), Math.min(since.get(stateOf(row)) ?? Infinity, heldSinceMs(row)));
  return {
    counts: countRows(rows),
    messages: rows.length,
    bytes: rows.reduce((sum, row) => sum + bytesOf(row), 0),
    oldestId: rows[0] === undefined ? null : idOf(rows[0]),
    newestId: rows.length === 0 ? null : idOf(rows.at(-1) as Row),
    newestNewId: newestNew === undefined ? null : idOf(newestNew),
    taken: takenOf(rows),
    sinceMs: messageStates.map((state) => since.get(state) ?? null),
  };
}

export const noFigures: MailboxFigures = figuresOf([]);

/** Wall time since when the message is in its state. A deletion counts from itself; all else also from the call. */
export const heldSinceMs = (row: Row): number => (stateOf(row) === 'deleted' ? sinceMsOf(row) : Math.max(sinceMsOf(row), startedMsOf(row)));

export const sinceOf = ({ sinceMs }: Pick<MailboxFigures, 'sinceMs'>, state: MessageState): number => sinceMs[messageStates.indexOf(state)] ?? Infinity;

/** `rows`: in the order of their ids. */
function takenOf(rows: readonly Row[]): Taken[] {
  const found = new Map<string, Taken>();
  for (const row of rows) {
    const mark = takenForOf(row);
    if (mark === undefined) continue;
    const { messages, bytes, oldestId } = found.get(mark) ?? { messages: 0, bytes: 0, oldestId: idOf(row) };
    found.set(mark, { for: mark, messages: messages + 1, bytes: bytes + bytesOf(row), oldestId });
  }
  return [...found.values()];
}
