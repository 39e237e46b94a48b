import { parentThread } from '../../hal/drivers/linux/linux-thread.ts';
import type { DatabaseAnswer, DatabaseOrder } from '../../hal/drivers/sqlite/database-protocol.ts';
import { SqliteEngine } from '../../hal/drivers/sqlite/sqlite-engine.ts';

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
