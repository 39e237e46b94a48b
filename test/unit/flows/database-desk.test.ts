import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DatabaseDesk } from '../../../firmware/flows/database-desk.ts';
import type { DataMove } from '../../../firmware/callflow/requests/database-requests.ts';
import { SimClock, settle } from '../../../hal/sim/sim-clock.ts';
import { SimDatabases } from '../../../hal/sim/sim-databases.ts';
import { ListLog } from '../../support/store-fixture.ts';

function world() {
  const clock = new SimClock();
  const databases = new SimDatabases(clock);
  const log = new ListLog();
  databases.file('/srv/people.db', (sql, values) => (sql === 'none' ? { ok: true, rows: [], more: false, changed: 0 } : sql === 'wrong' ? { ok: false, why: 'syntax error' } : { ok: true, rows: [['1', values[0] ?? ''], ['2', 'Ben'], ['3', 'Carl']], more: false, changed: 0 }));
  const desk = new DatabaseDesk({ clock, log, databases, settings: () => [{ name: 'people', file: '/srv/people.db', write: false }, { name: 'gone', file: '/srv/gone.db', write: false }] });
  const hangUp = new AbortController();
  return { clock, databases, log, desk, call: { id: 'c1', signal: hangUp.signal }, hangUp };
}

test('records are walked through both ways, and both ends are told', async () => {
  const { desk, call } = world();
  assert.equal(await desk.connect(call, { database: 'people' }), { opened: true });
  assert.equal(await desk.data(call, { move: 'next' }), { result: 'Failure', fields: [] });
  assert.equal(await desk.execute(call, { sql: 'all', values: ['Ada'] }), { executed: true, rows: 3 });
  const walk: [DataMove, string][] = [['next', 'Ada'], ['next', 'Ben'], ['next', 'Carl'], ['next', 'At End'], ['next', 'At End'], ['previous', 'Carl'], ['first', 'Ada'], ['previous', 'At End'], ['next', 'Ada'], ['last', 'Carl']];
  for (const [move, expected] of walk) {
    const { result, fields } = await desk.data(call, { move });
    assert.is(fields[1] ?? result, expected, move);
  }
  await desk.execute(call, { sql: 'none', values: [] });
  for (const move of ['next', 'last', 'first'] as const) assert.is((await desk.data(call, { move })).result, 'Empty');
});

test('what cannot be done is a failure for the flow, and told once in the log', async () => {
  const { desk, call, databases, log } = world();
  assert.equal(await desk.execute(call, { sql: 'all', values: [] }), { executed: false, rows: 0 });
  assert.equal(await desk.connect(call, { database: 'nobody' }), { opened: false });
  assert.equal(await desk.connect(call, { database: 'gone' }), { opened: false });
  await desk.connect(call, { database: 'people' });
  await desk.execute(call, { sql: 'all', values: [] });
  assert.equal(await desk.execute(call, { sql: 'wrong', values: [] }), { executed: false, rows: 0 });
  assert.is((await desk.data(call, { move: 'next' })).result, 'Failure', 'the rows of before are no longer those of the statement');
  databases.fails = 'timed-out';
  assert.equal(await desk.execute(call, { sql: 'all', values: [] }), { executed: false, rows: 0 });
  assert.is((await desk.execute(call, { sql: 'all', values: [] })).executed, true);
  assert.is(log.events.filter((line) => JSON.stringify(line).includes('database-failed')).length, 5);
});

test('a database closes by itself after the call, and a flow that goes on after the hang-up still has it for a minute', async () => {
  const { desk, call, databases, clock, hangUp } = world();
  await desk.connect(call, { database: 'people' });
  await desk.connect(call, { database: 'people' });
  assert.is(databases.opened, 1, 'the second takes the place of the first');
  hangUp.abort();
  await clock.advance(59_000);
  assert.ok((await desk.execute(call, { sql: 'all', values: [] })).executed);
  await clock.advance(2_000);
  await settle();
  assert.equal([desk.open, databases.opened], [0, 0]);
  await desk.connect(call, { database: 'people' });
  await clock.advance(61_000);
  assert.is(desk.open, 0, 'opened after the hang-up');
});

test('calls do not see the records of others', async () => {
  const { desk, call } = world();
  const other = { id: 'c2', signal: new AbortController().signal };
  await desk.connect(call, { database: 'people' });
  await desk.execute(call, { sql: 'all', values: [] });
  assert.is((await desk.data(other, { move: 'next' })).result, 'Failure');
  assert.equal(desk.disconnect(call), { closed: true });
  assert.equal(desk.disconnect(call), { closed: false });
});

test.run();
