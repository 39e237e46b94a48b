import { workerData } from 'node:worker_threads';
import { parentThread } from '../../hal/drivers/linux/linux-thread.ts';
import type { DatabaseAnswer, DatabaseOrder } from '../../hal/drivers/sqlite/database-protocol.ts';
import { SqliteEngine } from '../../hal/drivers/sqlite/sqlite-engine.ts';

/** What the control thread tells the thread of databases at its start. */
export const databaseThreadStart = { asksDatabases: true } as const;

export const isDatabaseThread = (): boolean => (workerData as { readonly asksDatabases?: boolean } | null)?.asksDatabases === true;

/** The main of the thread of databases: one order after another. `wasm` is unpacked and compiled at the first. */
export function runDatabaseThread(wasm: () => Uint8Array): void {
  const control = parentThread<DatabaseOrder, DatabaseAnswer>();
  if (control === null) return;
  const engine = new SqliteEngine(wasm);
  let last: Promise<void> = Promise.resolve();
  control.received = (order) => {
    last = last.then(async () => control.send(await engine.perform(order)));
  };
}
