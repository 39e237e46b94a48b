import * as v from 'valibot';
import type { WallMs } from '../../hal/clock.ts';
import type { Message, MessageMarks, MessageState } from './message.ts';
import { isNew } from './message.ts';
import type { MailboxCounts } from './message-store.ts';
import { messageStates } from './mailbox-paths.ts';
import type { StateVersion } from './state-version.ts';
import { firstVersion, unknownVersion } from './state-version.ts';
import type { RecordingFacts, RecordingTrailer } from './recording.ts';
import { codecs, diversionReasons, idPattern, marksEntries, maxNameLength, maxNumberLength, unitMarkPattern } from './recording.ts';

/** One message in the index. Stored as an array, oldest id first: with names beside the values 100 KiB would hold half as many. */
export interface Entry {
  readonly message: Message;
  /** Wall time of the deletion; 0 = not deleted. For a new row: of whatever brought it into its state. */
  readonly deletedMs: number;
  /** Of its state. */
  readonly version: StateVersion;
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
const marksSchema = v.strictObject(marksEntries);
/** Behind: the mark of a message taken for another unit, the version of a state that was changed in a pair, what only some messages have; other rows are as they always were. */
const behind = v.union([v.pipe(v.string(), v.regex(unitMarkPattern)), v.pipe(count, v.maxValue(unknownVersion)), marksSchema]);
const rowSchema = v.pipe(v.tupleWithRest(columns, behind), v.maxLength(columns.length + 3));
const indexSchema = v.strictObject({ version: v.literal(1), messages: v.array(rowSchema) });

export type Row = v.InferOutput<typeof rowSchema>;
export type IndexState = v.InferOutput<typeof indexSchema>;

export const emptyIndex = (): IndexState => ({ version: 1, messages: [] });

/** Throws a ValiError on anything else. */
export function checkIndex(found: unknown): IndexState {
  const { version, messages } = v.parse(indexSchema, found);
  return { version, messages: messages.map(exact) };
}

/** An array that was put together has room for more in it, half of what it holds: a store has thousands of rows, and few of them grow. */
const exact = (row: Row): Row => row.slice() as Row;

export function entryOf(mailbox: string, row: Row): Entry {
  const [id, callerNumber, callerName, startedMs, reason, codec, durationMs, bytes, state, interrupted, lostPackets] = row;
  const takenFor = takenForOf(row);
  const taken = takenFor === undefined ? {} : { takenFor };
  const facts = { mailbox, callerNumber, callerName, startedMs: startedMs as WallMs, reason, codec, ...taken, ...marksOf(row) };
  return { message: { ...facts, id, durationMs, bytes, state, interrupted: interrupted === 1, lostPackets }, deletedMs: deletedMsOf(row), version: versionOf(row) };
}

export function rowOf({ message, deletedMs, version }: Entry): Row {
  const { id, callerNumber, callerName, startedMs, reason, codec, durationMs, bytes, state, interrupted, lostPackets, takenFor } = message;
  const taken = takenFor === undefined ? [] : [takenFor];
  const marks = messageMarks(message);
  return exact([id, callerNumber, callerName, startedMs, reason, codec, durationMs, bytes, state, interrupted ? 1 : 0, lostPackets, deletedMs, ...taken, ...(version === firstVersion ? [] : [version]), ...(marks === null ? [] : [marks])]);
}

export const idOf = (row: Row): string => row[0];
export const stateOf = (row: Row): MessageState => row[8];
export const deletedMsOf = (row: Row): number => (stateOf(row) === 'deleted' ? row[11] : 0);
/** Wall time since when it has its state; 0 = since it came. */
export const sinceMsOf = (row: Row): number => row[11];
export const startedMsOf = (row: Row): number => row[3];
export const takenForOf = (row: Row): string | undefined => behindOf(row).find((one) => typeof one === 'string');
export const versionOf = (row: Row): StateVersion => behindOf(row).find((one) => typeof one === 'number') ?? firstVersion;
export const marksOf = (row: Row): MessageMarks | undefined => behindOf(row).find((one) => typeof one === 'object');
export const bytesOf = (row: Row): number => row[7];
export const durationMsOf = (row: Row): number => row[6];

export function setState(row: Row, state: MessageState, version: StateVersion, nowMs: number): void {
  if (row[8] !== state) row[11] = nowMs;
  row[8] = state;
  const [takenFor, marks] = [takenForOf(row), marksOf(row)];
  const tail = [...(takenFor === undefined ? [] : [takenFor]), ...(version === firstVersion ? [] : [version]), ...(marks === undefined ? [] : [{ ...marks }])];
  if (columns.length + tail.length <= row.length) row.splice(columns.length, 3, ...tail);
  else refill(row, [...row.slice(0, columns.length), ...tail]);
}

/** One by one into an emptied array they take the room of 17; what is put behind the values of a full one would make it room for half as many more and 16. */
function refill(row: unknown[], values: readonly unknown[]): void {
  row.length = 0;
  for (const value of values) row.push(value);
}

type Behind = v.InferOutput<typeof behind>;
const behindOf = (row: Row): Behind[] => row.slice(columns.length) as Behind[];

/** null = it has none. */
function messageMarks({ priority, private: isPrivate, sentAs, sender, introductionMs, notFor }: MessageMarks): v.InferOutput<typeof marksSchema> | null {
  const marks = {
    ...(priority === undefined ? {} : { priority }),
    ...(isPrivate === undefined ? {} : { private: isPrivate }),
    ...(sentAs === undefined ? {} : { sentAs }),
    ...(sender === undefined ? {} : { sender }),
    ...(introductionMs === undefined ? {} : { introductionMs }),
    ...(notFor === undefined ? {} : { notFor }),
  };
  return Object.keys(marks).length === 0 ? null : marks;
}

export function messageOf(facts: RecordingFacts, trailer: RecordingTrailer, state: MessageState): Message {
  const { kind: _, startedMs, ...known } = facts;
  const { durationMs, keepBytes, interrupted, lostPackets, priority, private: isPrivate } = trailer;
  const chosen = { ...(priority !== undefined && { priority }), ...(isPrivate !== undefined && { private: isPrivate }) };
  return { ...known, ...chosen, startedMs: startedMs as WallMs, durationMs, bytes: keepBytes, state, interrupted, lostPackets };
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
  let [unopened, urgentNew, urgentOld] = [0, 0, 0];
  for (const row of rows) {
    const state = stateOf(row);
    counts[state === 'unopened' ? 'new' : state]++;
    if (state === 'unopened') unopened++;
    if (state === 'deleted') continue;
    counts.usedMs += durationMsOf(row);
    if (marksOf(row)?.priority !== true) continue;
    if (isNew(state)) urgentNew++;
    else urgentOld++;
  }
  return { ...counts, ...(unopened > 0 && { unopened }), ...(urgentNew > 0 && { urgentNew }), ...(urgentOld > 0 && { urgentOld }) };
}
