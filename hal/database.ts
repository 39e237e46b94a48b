/** What a statement gave. `rows` as text, NULL and blobs as ''; `more`: there would have been more than `mostRows`. */
export type StatementResult =
  | { readonly ok: true; readonly rows: readonly (readonly string[])[]; readonly more: boolean; readonly changed: number }
  /** The statement is not one that this database does; `why` in words. */
  | { readonly ok: false; readonly why: string };

/** An SQLite file that is in use. */
export interface Database {
  /** One statement; `values` are bound to its question marks in order. Errors: timed-out (`statementMs`), busy (`mostWaiting`), too-large (more than `mostDatabaseBytes` afterwards), no-space, read-only, io, closed. After any of them the file is whole: as it was before the statement, or after it. */
  run(sql: string, values: readonly string[]): Promise<StatementResult>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** SQLite files of the machine. */
export interface Databases {
  /** `write`: what statements change is durable when they resolve. Errors: not-found, permission-denied, too-large, unsupported (no SQLite file, or no engine), timed-out, io. */
  open(file: string, how: { readonly write: boolean }): Promise<Database>;
  /** Gives back what databases take in memory and time; what is being done is given up (closed). The next statement takes longer. */
  rest(): void;
}

export const mostDatabaseBytes = 16 * 1024 * 1024;
export const mostRows = 1000;
/** Characters of a value, columns of a row, that are kept. */
export const mostCellCharacters = 512;
export const mostColumns = 6;
export const mostStatementCharacters = 4096;
/** Statements of one database that wait for another. */
export const mostWaiting = 50;
/** From being asked, waiting included, to the result. */
export const statementMs = 2000;
/** The first statement after a rest may take so much longer. */
export const wakeMs = 8000;
