import * as v from 'valibot';
import type { WallMs } from '../../hal/clock.ts';
import type { Message, MessageState } from './message.ts';
import type { MailboxCounts } from './message-store.ts';
import { messageStates } from './mailbox-paths.ts';
import type { RecordingFacts, RecordingTrailer } from './recording.ts';
import { codecs, diversionReasons, idPattern, maxNameLength, maxNumberLength, unitMarkPattern } from './recording.ts';

/** One message in the index. Stored as an array, oldest id first: with names beside the values 100 KiB would hold half as many. */
export interface Entry {
  readonly message: Message;
  /** Wall time of the deletion; 0 = not deleted. */
  readonly deletedMs: number;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const columns = [
  v.pipe(v.string(), v.regex(idPattern)),
  v.pipe(v.string(), v.maxLength(maxNumberLength)),
  v.pipe(v.string(), v.maxLength(maxNameLength)),
  v.number(),
  v.picklist(diversionReasons),
  v.picklist(codecs),
  count,
  count,
  v.picklist(messageStates),
  v.picklist([0, 1]),
  count,
  v.number(),
] as const;
/** A message taken for another unit has its mark behind; the rows of all others are as they always were. */
const rowSchema = v.pipe(v.tupleWithRest(columns, v.pipe(v.string(), v.regex(unitMarkPattern))), v.maxLength(columns.length + 1));
const indexSchema = v.strictObject({ version: v.literal(1), messages: v.array(rowSchema) });

export type Row = v.InferOutput<typeof rowSchema>;
export type IndexState = v.InferOutput<typeof indexSchema>;

export const emptyIndex = (): IndexState => ({ version: 1, messages: [] });

/** Throws a ValiError on anything else. */
export const checkIndex = (found: unknown): IndexState => v.parse(indexSchema, found);

export function entryOf(mailbox: string, row: Row): Entry {
  const [id, callerNumber, callerName, startedMs, reason, codec, durationMs, bytes, state, interrupted, lostPackets, deletedMs, takenFor] = row;
  const taken = takenFor === undefined ? {} : { takenFor };
  const facts = { mailbox, callerNumber, callerName, startedMs: startedMs as WallMs, reason, codec, ...taken };
  return { message: { ...facts, id, durationMs, bytes, state, interrupted: interrupted === 1, lostPackets }, deletedMs };
}

export function rowOf({ message, deletedMs }: Entry): Row {
  const { id, callerNumber, callerName, startedMs, reason, codec, durationMs, bytes, state, interrupted, lostPackets, takenFor } = message;
  const taken = takenFor === undefined ? [] : [takenFor];
  return [id, callerNumber, callerName, startedMs, reason, codec, durationMs, bytes, state, interrupted ? 1 : 0, lostPackets, deletedMs, ...taken];
}

export const idOf = (row: Row): string => row[0];
export const stateOf = (row: Row): MessageState => row[8];
export const deletedMsOf = (row: Row): number => row[11];
export const takenForOf = (row: Row): string | undefined => row[12];
export const bytesOf = (row: Row): number => row[7];
export const durationMsOf = (row: Row): number => row[6];

export function setState(row: Row, state: MessageState, nowMs: number): void {
  row[8] = state;
  row[11] = state === 'deleted' ? nowMs : 0;
}

export function messageOf(facts: RecordingFacts, trailer: RecordingTrailer, state: MessageState): Message {
  const { kind: _, startedMs, ...known } = facts;
  const { durationMs, keepBytes, interrupted, lostPackets } = trailer;
  return { ...known, startedMs: startedMs as WallMs, durationMs, bytes: keepBytes, state, interrupted, lostPackets };
}

/** Puts a row in its place; one with the same id is replaced. */
export function insertRow(rows: Row[], row: Row): void {
  let at = rows.length;
  while (at > 0 && idOf(rows[at - 1] as Row) >= idOf(row)) at--;
  const same = at < rows.length && idOf(rows[at] as Row) === idOf(row);
  rows.splice(at, same ? 1 : 0, row);
}

/** usedMs: without deleted ones. */
export function countRows(rows: readonly Row[]): MailboxCounts {
  const counts = { new: 0, old: 0, saved: 0, deleted: 0, usedMs: 0 };
  for (const row of rows) {
    counts[stateOf(row)]++;
    if (stateOf(row) !== 'deleted') counts.usedMs += durationMsOf(row);
  }
  return counts;
}
