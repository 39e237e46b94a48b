import type { Clock } from '../../hal/clock.ts';
import type { Database, Databases } from '../../hal/database.ts';
import { HalError } from '../../hal/errors.ts';
import type { AnswerOf, AskOf } from '../callflow/requests/requests.ts';
import type { DatabaseSettings } from '../config/flow-settings.ts';
import type { Log } from '../log.ts';
import { step } from './row-cursor.ts';
import type { Cursor } from './row-cursor.ts';

export interface DatabaseDeskParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly databases: Databases;
  readonly settings: () => readonly DatabaseSettings[];
}

/** The call for which a database is asked. */
export interface DatabaseCall {
  readonly id: string;
  /** Aborted when the caller has hung up, or the flow is over. */
  readonly signal: AbortSignal;
}

interface Connection {
  readonly name: string;
  readonly database: Database;
  /** null = no statement has been done yet. */
  cursor: Cursor | null;
}

/** Calls that have a database open: as many as there can be calls. */
const mostConnections = 250;
/** A flow that goes on after its caller has hung up has its database for so long. */
const afterCallMs = 60_000;

/** Databases of flows: one connection and one result for each call, until the call has ended. What goes wrong is told in the log, and is a failure in the flow. */
export class DatabaseDesk {
  readonly #parts: DatabaseDeskParts;
  readonly #connections = new Map<string, Connection>();

  constructor(parts: DatabaseDeskParts) {
    this.#parts = parts;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#connections.size;
  }

  /** Takes the place of the one that the call had open. Never rejects, as all here. */
  async connect(call: DatabaseCall, { database: name }: AskOf<'open-database'>): Promise<AnswerOf<'open-database'>> {
    this.disconnect(call);
    const settings = this.#parts.settings().find((one) => one.name === name);
    if (settings === undefined) return this.#failed(call, `there is no database '${name}' in flows.databases of the configuration`, { opened: false });
    if (this.#connections.size >= mostConnections) return this.#failed(call, `${mostConnections} calls have a database open already`, { opened: false });
    try {
      const database = await this.#parts.databases.open(settings.file, settings);
      this.#connections.set(call.id, { name, database, cursor: null });
      this.#closeAfter(call, database);
      return { opened: true };
    } catch (error) {
      return this.#failed(call, textOf(error), { opened: false });
    }
  }

  async execute(call: DatabaseCall, { sql, values }: AskOf<'execute-database'>): Promise<AnswerOf<'execute-database'>> {
    const connection = this.#connections.get(call.id);
    if (connection === undefined) return this.#failed(call, 'a statement came, and no database is open', { executed: false, rows: 0 });
    connection.cursor = null;
    try {
      const result = await connection.database.run(sql, values);
      if (!result.ok) return this.#failed(call, `database '${connection.name}' does not do this statement: ${result.why}`, { executed: false, rows: 0 });
      if (result.more) this.#parts.log.write('warning', 'database-rows-cut', `A statement of database ${connection.name} has more rows than are kept; the rest is left out.`, { call: call.id });
      connection.cursor = { rows: result.rows, at: -1 };
      return { executed: true, rows: result.rows.length };
    } catch (error) {
      return this.#failed(call, textOf(error), { executed: false, rows: 0 });
    }
  }

  async data(call: DatabaseCall, { move }: AskOf<'get-data'>): Promise<AnswerOf<'get-data'>> {
    const connection = this.#connections.get(call.id);
    if (connection === undefined || connection.cursor === null) return { result: 'Failure', fields: [] };
    const { cursor, answer } = step(connection.cursor, move);
    connection.cursor = cursor;
    return answer;
  }

  disconnect({ id }: Pick<DatabaseCall, 'id'>): { readonly closed: boolean } {
    const connection = this.#connections.get(id);
    this.#connections.delete(id);
    void connection?.database.close();
    return { closed: connection !== undefined };
  }

  #closeAfter(call: DatabaseCall, database: Database): void {
    const later = (): void =>
      void this.#parts.clock.after('database-close', afterCallMs, () => {
        if (this.#connections.get(call.id)?.database === database) this.disconnect(call);
      });
    if (call.signal.aborted) later();
    else call.signal.addEventListener('abort', later, { once: true });
  }

  #failed<Answer>(call: DatabaseCall, text: string, answer: Answer): Answer {
    this.#parts.log.write('error', 'database-failed', `In a call flow: ${text}.`, { call: call.id });
    return answer;
  }
}

const textOf = (error: unknown): string => (error instanceof HalError ? error.message : String(error));
