import type { Clock } from '../clock.ts';
import type { Database, Databases, StatementResult } from '../database.ts';
import { HalError, type HalErrorId } from '../errors.ts';

export type SimTable = (sql: string, values: readonly string[]) => StatementResult;

/** Files that answer statements as the test says. */
export class SimDatabases implements Databases {
  /** Databases that are open now. */
  opened = 0;
  /** Each statement takes so long. */
  slowMs = 0;
  /** The next statement fails with this. */
  fails: HalErrorId | null = null;
  readonly #clock: Clock;
  readonly #files = new Map<string, SimTable>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  file(path: string, table: SimTable): void {
    this.#files.set(path, table);
  }

  rest(): void {
    this.opened = 0;
  }

  async open(file: string): Promise<Database> {
    const table = this.#files.get(file);
    if (table === undefined) throw new HalError('not-found', file, 'there is no such file');
    this.opened += 1;
    let open = true;
    return {
      run: async (sql, values) => {
        if (this.slowMs > 0) await new Promise<void>((resolve) => void this.#clock.after('sim-database', this.slowMs, resolve));
        const { fails } = this;
        this.fails = null;
        if (fails !== null) throw new HalError(fails, file, 'as the test asked');
        if (!open) throw new HalError('closed', file, 'the database has been closed');
        return table(sql, values);
      },
      close: async () => {
        this.opened -= Number(open);
        open = false;
      },
    };
  }
}
