import type { StatementResult } from '../../database.ts';
import type { HalErrorId } from '../../errors.ts';

/** What the thread of databases is asked, one after another. */
export type DatabaseOrder =
  /** Whether the file is there and is a database. */
  | { readonly type: 'look'; readonly id: number; readonly file: string; readonly write: boolean }
  | { readonly type: 'run'; readonly id: number; readonly file: string; readonly write: boolean; readonly sql: string; readonly values: readonly string[] };

/** Each order has one answer; `result` null: a look found nothing wrong. */
export type DatabaseAnswer =
  | { readonly type: 'done'; readonly id: number; readonly result: StatementResult | null }
  | { readonly type: 'refused'; readonly id: number; readonly error: HalErrorId; readonly detail: string };
