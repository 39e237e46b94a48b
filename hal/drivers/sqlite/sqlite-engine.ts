import type { SqlDatabase, SqlJs } from 'sql.js';
import initSqlJs from 'sql.js';
import type { StatementResult } from '../../database.ts';
import { mostCellCharacters, mostColumns, mostDatabaseBytes, mostRows } from '../../database.ts';
import { HalError } from '../../errors.ts';
import { databaseBytes, markOf, replaceDatabase } from './database-file.ts';
import type { DatabaseAnswer, DatabaseOrder } from './database-protocol.ts';
import { onlyLooks, statementFault, withoutComments } from './statement-guard.ts';

/** Of all databases together, beside their files; a statement that needs more is refused. */
const heapBytes = 48 * 1024 * 1024;
/** Files held in memory at the same time; the one that was not used for longest goes. */
const mostHeld = 2;
/** Characters of one result. */
const mostResultCharacters = 256 * 1024;

interface Held {
  readonly database: SqlDatabase;
  readonly mark: string;
}

/** SQLite, compiled to WebAssembly, over whole files in memory. Runs in a thread of its own, for a statement cannot be stopped but with its thread. */
export class SqliteEngine {
  readonly #wasm: () => Uint8Array;
  #sqlite: Promise<SqlJs> | null = null;
  /** The last used is last. */
  readonly #held = new Map<string, Held>();

  constructor(wasm: () => Uint8Array) {
    this.#wasm = wasm;
  }

  /** Never rejects. */
  async perform(order: DatabaseOrder): Promise<DatabaseAnswer> {
    const { id } = order;
    try {
      return { type: 'done', id, result: order.type === 'look' ? await this.#look(order) : await this.#run(order) };
    } catch (error) {
      this.#forget(order.file);
      const known = error instanceof HalError;
      return { type: 'refused', id, error: known ? error.id : 'io', detail: known ? error.message : String(error) };
    }
  }

  async #look({ file, write }: DatabaseOrder): Promise<null> {
    await this.#database(file, write);
    return null;
  }

  async #run({ file, write, sql, values }: Extract<DatabaseOrder, { type: 'run' }>): Promise<StatementResult> {
    const fault = statementFault(sql);
    if (fault !== null) return { ok: false, why: fault };
    const database = await this.#database(file, write);
    const result = resultOf(database, sql, values);
    if (!result.ok && write) this.#forget(file);
    else if (result.ok && write && !onlyLooks(sql)) await this.#keep(file, database);
    return result;
  }

  /** What is in memory may be of another day than the file. */
  async #database(file: string, write: boolean): Promise<SqlDatabase> {
    const { mark } = await markOf(file);
    const held = this.#held.get(file);
    if (held !== undefined && held.mark === mark) {
      this.#held.delete(file);
      this.#held.set(file, held);
      return held.database;
    }
    this.#forget(file);
    const [oldest] = this.#held.keys();
    if (oldest !== undefined && this.#held.size >= mostHeld) this.#forget(oldest);
    const sqlite = await (this.#sqlite ??= initSqlJs({ wasmBinary: this.#wasm() }));
    const database = new sqlite.Database(await databaseBytes(file));
    this.#held.set(file, { database, mark });
    this.#limit(file, database, write);
    return database;
  }

  #limit(file: string, database: SqlDatabase, write: boolean): void {
    try {
      const [[pageBytes] = []] = database.exec('PRAGMA page_size')[0]?.values ?? [];
      database.exec(`PRAGMA hard_heap_limit=${heapBytes}; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF; PRAGMA max_page_count=${Math.floor(mostDatabaseBytes / Number(pageBytes))}; PRAGMA query_only=${write ? 'OFF' : 'ON'}; SELECT count(*) FROM sqlite_schema`);
    } catch (error) {
      throw new HalError('unsupported', file, `the database cannot be read: ${(error as Error).message}`);
    }
  }

  /** The export ends the connection's settings, so the next statement begins from the file. */
  async #keep(file: string, database: SqlDatabase): Promise<void> {
    const { mode } = await markOf(file);
    const bytes = database.export();
    this.#forget(file);
    if (bytes.length > mostDatabaseBytes) throw new HalError('too-large', file, `a database has at most ${mostDatabaseBytes} bytes`);
    await replaceDatabase(file, bytes, mode);
  }

  #forget(file: string): void {
    this.#held.get(file)?.database.close();
    this.#held.delete(file);
  }
}

function resultOf(database: SqlDatabase, sql: string, values: readonly string[]): StatementResult {
  try {
    const statements = database.iterateStatements(sql);
    const { value: statement } = statements.next();
    try {
      if (withoutComments(statements.getRemainingSQL()) !== '') return { ok: false, why: 'this is more than one statement; use an action for each' };
      statement.bind(values);
      const { rows, more } = rowsOf(statement);
      return { ok: true, rows, more, changed: onlyLooks(sql) ? 0 : database.getRowsModified() };
    } finally {
      statement.free();
    }
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

function rowsOf(statement: { step(): boolean; get(values: null, config: { useBigInt: boolean }): unknown[] }): { rows: string[][]; more: boolean } {
  const rows: string[][] = [];
  let characters = 0;
  while (statement.step()) {
    const row = statement.get(null, { useBigInt: true }).slice(0, mostColumns).map(cell);
    characters += row.reduce((sum, value) => sum + value.length, 0);
    if (rows.length >= mostRows || characters > mostResultCharacters) return { rows, more: true };
    rows.push(row);
  }
  return { rows, more: false };
}

const cell = (value: unknown): string => (value === null || value instanceof Uint8Array ? '' : String(value).slice(0, mostCellCharacters));
