import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StatementResult } from '../../hal/database.ts';
import { HalError } from '../../hal/errors.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { spawnThread } from '../../hal/drivers/linux/linux-thread.ts';
import type { DatabaseAnswer, DatabaseOrder } from '../../hal/drivers/sqlite/database-protocol.ts';
import { firstWord, statementFault } from '../../hal/drivers/sqlite/statement-guard.ts';
import { ThreadDatabases } from '../../hal/drivers/sqlite/thread-databases.ts';
import { companion } from './companion.ts';

const folder = mkdtempSync(join(tmpdir(), 'databases-'));
const wasmBinary = readFileSync(createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm'));
const sqlite = await initSqlJs({ wasmBinary });

/** A file with people 1 to 3. */
function people(name: string, more = ''): string {
  const database = new sqlite.Database(new Uint8Array(0));
  database.exec(`CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, big INTEGER); INSERT INTO people VALUES (1, 'Ada', 9007199254740993), (2, NULL, 2), (3, 'Carl', 3); ${more}`);
  const file = join(folder, name);
  writeFileSync(file, database.export());
  database.close();
  return file;
}

const databases = (): ThreadDatabases =>
  new ThreadDatabases(new LinuxClock(), () => spawnThread<DatabaseAnswer, DatabaseOrder>({ file: companion('test/contract/databases.worker.ts'), name: 'databases', data: null, heapLimitMb: 64 }));
const driver = databases();

function rows(result: StatementResult): readonly (readonly string[])[] {
  if (!result.ok) throw new Error(result.why);
  return result.rows;
}

const why = (result: StatementResult): string => (result.ok ? '' : result.why);
const refusal = async (work: Promise<unknown>): Promise<HalError> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown);
  assert.instance(error, HalError, String(error));
  return error as HalError;
};

test('rows come as text: NULL is empty, whole numbers are exact, values are bound', async () => {
  const database = await driver.open(people('rows.db'), { write: false });
  assert.equal(rows(await database.run('SELECT * FROM people ORDER BY id', [])), [['1', 'Ada', '9007199254740993'], ['2', '', '2'], ['3', 'Carl', '3']]);
  assert.equal(rows(await database.run('SELECT name FROM people WHERE id = ?', ['3'])), [['Carl']]);
  assert.equal(rows(await database.run('SELECT ?', ["'; DROP TABLE people; --"])), [["'; DROP TABLE people; --"]]);
  assert.equal(rows(await database.run('SELECT * FROM people WHERE id > 7', [])), []);
  await database.close();
  assert.is((await refusal(database.run('SELECT 1', []))).id, 'closed');
});

test('a database that may not be changed is not, whatever the statement says', async () => {
  const file = people('read-only.db');
  const before = readFileSync(file);
  const database = await driver.open(file, { write: false });
  for (const sql of ['DELETE FROM people', 'INSERT INTO people (name) VALUES (1)', 'CREATE TABLE t (a)', 'DROP TABLE people']) assert.match(why(await database.run(sql, [])), /readonly/, sql);
  assert.is(rows(await database.run('SELECT * FROM people', [])).length, 3);
  assert.equal(readFileSync(file), before);
});

test('what reaches beyond the file or outlasts the statement is refused', async () => {
  const database = await driver.open(people('guard.db'), { write: true });
  for (const sql of ["ATTACH '/etc/passwd' AS x", 'PRAGMA query_only=OFF', ' -- x\n/* y */ pragma user_version', 'BEGIN', ';;VACUUM', '']) assert.not((await database.run(sql, [])).ok, sql);
  assert.match(why(await database.run('SELECT 1; DELETE FROM people', [])), /more than one statement/);
  assert.match(why(await database.run("SELECT load_extension('x')", [])), /no such function|not authorized/);
  assert.match(why(await database.run('SELEKT 1', [])), /syntax error/);
  assert.match(why(await database.run('SELECT * FROM nobody', [])), /no such table/);
  assert.ok((await database.run('SELECT 1; -- only a remark', [])).ok);
  assert.is(firstWord('/* a */ with x as (select 1) select * from x'), 'WITH');
  assert.match(statementFault('/* never ends') as string, /no statement/);
});

test('a change is in the file when it is answered, whole, with the rights that the file had', async () => {
  const file = people('write.db');
  chmodSync(file, 0o640);
  const database = await driver.open(file, { write: true });
  const result = await database.run("UPDATE people SET name = ? WHERE id > 1", ['Ben']);
  assert.ok(result.ok && result.changed === 2, why(result));
  const seen = new sqlite.Database(readFileSync(file));
  assert.equal(seen.exec('SELECT name FROM people')[0]?.values, [['Ada'], ['Ben'], ['Ben']]);
  seen.close();
  assert.is(statSync(file).mode & 0o777, 0o640);
  assert.equal(readdirSync(folder).filter((name) => name.startsWith('write.db')), ['write.db']);
  assert.match(why(await database.run('INSERT INTO people (id) VALUES (1)', [])), /UNIQUE/);
  assert.is(rows(await database.run('SELECT * FROM people', [])).length, 3);
});

test('a file that another program has replaced is read anew', async () => {
  const file = people('replaced.db');
  const database = await driver.open(file, { write: false });
  assert.is(rows(await database.run('SELECT * FROM people', [])).length, 3);
  people('replaced.db', "INSERT INTO people VALUES (4, 'Dan', 4);");
  assert.is(rows(await database.run('SELECT * FROM people', [])).length, 4);
});

test('files that are none, too large, or have changes elsewhere', async () => {
  assert.is((await refusal(driver.open(join(folder, 'nowhere.db'), { write: false }))).id, 'not-found');
  writeFileSync(join(folder, 'text.db'), 'this is no database, however long it may be'.repeat(20));
  assert.is((await refusal(driver.open(join(folder, 'text.db'), { write: false }))).id, 'unsupported');
  assert.is((await refusal(driver.open(folder, { write: false }))).id, 'unsupported');
  writeFileSync(join(folder, 'large.db'), new Uint8Array(16 * 1024 * 1024 + 1));
  assert.is((await refusal(driver.open(join(folder, 'large.db'), { write: false }))).id, 'too-large');
  const file = people('wal.db');
  const bytes = readFileSync(file);
  bytes[18] = bytes[19] = 2;
  writeFileSync(file, bytes);
  assert.is(rows(await (await driver.open(file, { write: false })).run('SELECT * FROM people', [])).length, 3, 'an empty log holds nothing back');
  writeFileSync(`${file}-wal`, 'changes');
  assert.match((await refusal(driver.open(file, { write: false }))).message, /write-ahead log/);
});

test('a thousand rows are kept, six columns, 512 characters of each, and the rest is said to be more', async () => {
  const database = await driver.open(people('many.db'), { write: false });
  const many = await database.run('WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 5000) SELECT x, 1, 2, 3, 4, 5, 6, 7 FROM n', []);
  assert.ok(many.ok && many.more);
  assert.is(rows(many).length, 1000);
  assert.is(rows(many)[0]?.length, 6);
  assert.is(rows(await database.run('SELECT hex(zeroblob(1000))', []))[0]?.[0]?.length, 512);
});

test('a statement that never ends is ended after 2 s; the next one works, in a new thread', async () => {
  const own = databases();
  const file = people('endless.db');
  const database = await own.open(file, { write: false });
  const began = performance.now();
  const endless = refusal(database.run('WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n', []));
  const behind = refusal(database.run('SELECT 1', []));
  assert.is((await endless).id, 'timed-out');
  assert.is((await behind).id, 'timed-out');
  assert.ok(performance.now() - began < 4000, `${performance.now() - began} ms`);
  assert.equal(rows(await database.run('SELECT count(*) FROM people', [])), [['3']]);
  own.rest();
  const given = refusal(database.run('SELECT 1', []));
  own.rest();
  assert.is((await given).id, 'closed');
});

test('a statement that wants too much memory is refused, and the engine goes on', async () => {
  const database = await driver.open(people('memory.db'), { write: false });
  assert.match(why(await database.run('SELECT length(hex(zeroblob(100000000)))', [])), /out of memory|too big/);
  assert.is(rows(await database.run('SELECT * FROM people', [])).length, 3);
});

test('fifty statements wait, the next is refused', async () => {
  const database = await driver.open(people('busy.db'), { write: false });
  const all = Array.from({ length: 51 }, () => database.run('SELECT 1', []).then(() => 'done', (error: HalError) => error.id));
  assert.equal((await Promise.all(all)).filter((one) => one === 'busy').length, 1);
});

test.after(() => {
  driver.rest();
  rmSync(folder, { recursive: true });
});

test.run();
