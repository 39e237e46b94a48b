import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentThread } from '../../hal/drivers/linux/linux-thread.ts';
import type { DatabaseAnswer, DatabaseOrder } from '../../hal/drivers/sqlite/database-protocol.ts';
import { SqliteEngine } from '../../hal/drivers/sqlite/sqlite-engine.ts';

/** The thread of databases as `board/common/database-thread.ts` runs it, with the module from its package. */
const control = parentThread<DatabaseOrder, DatabaseAnswer>();
const engine = new SqliteEngine(() => readFileSync(createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm')));
let last: Promise<void> = Promise.resolve();
if (control !== null) control.received = (order) => void (last = last.then(async () => control.send(await engine.perform(order))));
