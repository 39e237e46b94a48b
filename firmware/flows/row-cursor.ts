import type { DataMove } from '../callflow/requests/database-requests.ts';
import { mostFields } from '../callflow/requests/database-requests.ts';
import type { AnswerOf } from '../callflow/requests/requests.ts';

/** Where in the rows of a statement a call is: -1 = before the first, as many as there are = after the last. */
export interface Cursor {
  readonly rows: readonly (readonly string[])[];
  readonly at: number;
}

/** One move; a cursor that has left the rows can be moved back into them. */
export function step({ rows, at }: Cursor, move: DataMove): { readonly cursor: Cursor; readonly answer: AnswerOf<'get-data'> } {
  const wanted = { first: 0, last: rows.length - 1, next: at + 1, previous: at - 1 }[move];
  const cursor = { rows, at: Math.max(-1, Math.min(rows.length, wanted)) };
  const row = rows[cursor.at];
  if (row !== undefined) return { cursor, answer: { result: 'Success', fields: row.slice(0, mostFields) } };
  return { cursor, answer: { result: rows.length === 0 ? 'Empty' : 'At End', fields: [] } };
}
