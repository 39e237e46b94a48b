import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keepLastGood, lastGoodPath, rejectedKept, startConfiguration } from '../../../firmware/config/last-good.ts';
import type { WallMs } from '../../../hal/clock.ts';
import type { Fate } from '../../../hal/sim/sim-content.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import type { Storage } from '../../../hal/storage.ts';

const good = 'peers: []\nmailboxes: [{ number: 201 }]\n';
const better = 'peers: []\nmailboxes: [{ number: 201 }, { number: 202 }]\n';
const bad = 'peers: []\nmailboxs: []\n';
const nine = Date.UTC(2026, 0, 5, 9, 0, 0);

const start = (storage: Storage, text: string, atMs = nine) => startConfiguration({ name: 'own.yaml', text }, storage, atMs as WallMs);

async function content(storage: Storage, path: string): Promise<string> {
  const file = await storage.open(path, 'read');
  const bytes = Buffer.alloc(await file.size());
  await file.read(bytes, 0);
  await file.close();
  return bytes.toString();
}

test('a good file is used and kept, once', async () => {
  const storage = new SimStorage();
  const first = await start(storage, good);
  assert.is(first.from, 'file');
  assert.is(await content(storage, lastGoodPath), good);
  const written = storage.bytesWritten;
  assert.is((await start(storage, good)).from, 'file');
  assert.is(storage.bytesWritten, written, 'the same text is not written again');
  await start(storage, better);
  assert.is(await content(storage, lastGoodPath), better);
});

test('a bad file is set aside, the last good one used, and all faults told', async () => {
  const storage = new SimStorage();
  await start(storage, good);
  const second = await start(storage, bad);
  if (second.from !== 'last-good') throw new Error(second.from);
  assert.is(second.settings.mailboxes[0]?.number, '201');
  assert.equal(second.faults.map((fault) => `${fault.file} ${fault.path}`), ['own.yaml mailboxes', 'own.yaml mailboxs']);
  assert.is(second.setAside, 'config/rejected-20260105T090000Z.yaml');
  assert.is(await content(storage, second.setAside as string), bad);
  assert.is(await content(storage, lastGoodPath), good);
});

test('without a last good one a bad file means no start', async () => {
  const storage = new SimStorage();
  const result = await start(storage, bad);
  if (result.from !== 'nowhere') throw new Error(result.from);
  assert.equal(result.faults.map((fault) => fault.file), ['own.yaml', 'own.yaml', lastGoodPath]);
  assert.match(result.faults.at(-1)?.message ?? '', /no earlier start had a good configuration/);
  assert.is(await storage.stat('config'), null, 'nothing is written');
});

test('a file that cannot be read is as bad as a wrong one, and nothing is set aside', async () => {
  const storage = new SimStorage();
  await start(storage, good);
  const result = await startConfiguration({ name: 'own.yaml', unreadable: 'permission denied' }, storage, nine as WallMs);
  if (result.from !== 'last-good') throw new Error(result.from);
  assert.is(result.setAside, null);
  assert.match(result.faults[0]?.message ?? '', /cannot be read: permission denied/);
});

test('a last good file that became bad is told too', async () => {
  const storage = new SimStorage();
  await keepLastGood(storage, bad);
  const result = await start(storage, bad);
  if (result.from !== 'nowhere') throw new Error(result.from);
  assert.ok(result.faults.some((fault) => fault.file === lastGoodPath && fault.path === 'mailboxs'));
});

test('the same bad file is set aside once, and only the newest few are kept', async () => {
  const storage = new SimStorage();
  await start(storage, good);
  await start(storage, bad, nine);
  await start(storage, bad, nine + 60_000);
  assert.is((await storage.list('config')).filter((name) => name.startsWith('rejected')).length, 1);
  for (let minute = 2; minute < 12; minute++) await start(storage, `${bad}# ${minute}\n`, nine + minute * 60_000);
  const kept = (await storage.list('config')).filter((name) => name.startsWith('rejected')).sort();
  assert.is(kept.length, rejectedKept);
  assert.is(kept.at(-1), 'rejected-20260105T091100Z.yaml');
});

test('a store that refuses to keep it does not stop the start', async () => {
  const storage = new SimStorage();
  storage.readOnly = true;
  const result = await start(storage, good);
  if (result.from !== 'file') throw new Error(result.from);
  assert.match(result.notKept ?? '', /read-only/);
});

test('every single operation may fail: a start with a good file always succeeds', async () => {
  for (let failing = 0; failing < 12; failing++) {
    const storage = new SimStorage();
    await start(storage, good);
    const before = Object.values(storage.counts).reduce((sum, count) => sum + count, 0);
    storage.fault = ({ number }) => (number === before + failing ? 'io' : null);
    assert.is((await start(storage, better)).from, 'file', `operation ${failing}`);
    storage.fault = null;
    const kept = await content(storage, lastGoodPath);
    assert.ok(kept === good || kept === better, kept);
    assert.is((await start(storage, better)).from, 'file');
    assert.is(await content(storage, lastGoodPath), better);
  }
});

test('power cut at every operation: the old text is there or the new one, never anything else', async () => {
  let cuts = 0;
  for (let first = true; cuts < 40; cuts++) {
    const storage = new SimStorage();
    await start(storage, good);
    const before = Object.values(storage.counts).reduce((sum, count) => sum + count, 0);
    let cut = false;
    storage.fault = ({ number }) => {
      if (number !== before + cuts) return null;
      cut = true;
      return 'power-cut';
    };
    const done = start(storage, better).then(() => true);
    const finished = await Promise.race([done, storage.powerLost.then(() => false)]);
    for (const fate of ['keep', 'drop', 'tear', 'zero'] as Fate[]) {
      const after = storage.afterPowerCut(() => fate);
      const result = await start(after, bad);
      if (result.from !== 'last-good') throw new Error(`cut ${cuts}, ${fate}: ${result.from} ${JSON.stringify(result)}`);
      const { length } = result.settings.mailboxes;
      assert.ok(length === 1 || length === 2);
      if (finished) assert.is(length, 2, 'what was kept stays kept');
    }
    if (!cut) {
      first = false;
      break;
    }
    assert.ok(first);
  }
  assert.ok(cuts >= 8, `${cuts} operations were cut`);
});

test.run();
