import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HalError } from '../../../hal/errors.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { audio, chunksOf, factsFor, leave, makeStore, wholeOf } from '../../support/store-fixture.ts';

async function opened(storage = new SimStorage(), settings = {}, clock = new SimClock()) {
  const fixture = makeStore(storage, settings, 1, clock);
  const report = await fixture.store.open();
  return { storage, report, ...fixture };
}

async function refused(work: Promise<unknown>): Promise<string> {
  return work.then(() => 'nothing was refused', (error: unknown) => (error instanceof HalError ? error.id : String(error)));
}

test('a message is left, listed, read, counted', async () => {
  const { store } = await opened();
  const told: string[] = [];
  store.changed = (mailbox) => told.push(mailbox);
  const chunks = chunksOf(1, 3);
  const message = await leave(store, '201', chunks);
  assert.equal(store.list('201'), [message]);
  assert.equal([message.durationMs, message.bytes, message.state, message.interrupted, message.callerName], [3000, 24_000, 'new', false, 'Ada']);
  assert.equal(store.counts('201'), { new: 1, old: 0, saved: 0, deleted: 0, usedMs: 3000 });
  assert.ok((await wholeOf(await store.reader('201', message.id))).equals(Buffer.concat(chunks)));
  assert.equal(told, ['201']);
  assert.equal(store.list('202'), []);
  assert.equal(store.list('no such'), []);
});

test('keepMs cuts the end off', async () => {
  const { store } = await opened();
  const chunks = chunksOf(1, 2);
  const message = await leave(store, '201', chunks, 1500);
  assert.equal([message.durationMs, message.bytes], [1500, 12_000]);
  assert.ok((await wholeOf(await store.reader('201', message.id))).equals(Buffer.concat(chunks).subarray(0, 12_000)));
});

test('messages are in order of their beginning, whichever ends first', async () => {
  const { store } = await opened();
  const first = await store.begin(factsFor('201'));
  const second = await leave(store, '201', chunksOf(2, 1));
  first.append(audio(1, 0), 0);
  const { id } = await first.finish('hung-up');
  assert.equal(store.list('201').map((message) => message.id), [id, second.id]);
});

test('states survive a restart, and the loss of every document', async () => {
  const { store, storage } = await opened();
  const ids: string[] = [];
  for (let count = 0; count < 4; count++) ids.push((await leave(store, '201', chunksOf(count, 1))).id);
  const [, old = '', saved = '', deleted = ''] = ids;
  await store.mark('201', old, 'old');
  await store.mark('201', saved, 'saved');
  await store.mark('201', deleted, 'deleted');
  await leave(store, '202', chunksOf(9, 2));
  const before = ['201', '202'].map((mailbox) => store.list(mailbox, true));

  const again = await opened(storage.afterPowerCut(() => 'drop'));
  assert.equal(again.report, { messages: 5, salvaged: [], damaged: [], rebuilt: [] });
  assert.equal(['201', '202'].map((mailbox) => again.store.list(mailbox, true)), before);

  for (const slot of ['201/index.a', '201/index.b', '202/index.a']) await again.storage.remove(`mailboxes/${slot}`);
  const rebuilt = await opened(again.storage);
  assert.equal(rebuilt.report.rebuilt, ['201', '202']);
  assert.equal(['201', '202'].map((mailbox) => rebuilt.store.list(mailbox, true)), before);
  assert.equal(rebuilt.store.counts('201'), { new: 1, old: 1, saved: 1, deleted: 1, usedMs: 3000 });
});

test('a damaged index is set aside and rebuilt', async () => {
  const { store, storage } = await opened();
  await leave(store, '201', chunksOf(1, 1));
  await leave(store, '201', chunksOf(2, 1));
  const before = store.list('201');
  for (const slot of ['a', 'b']) storage.flipBit(`mailboxes/201/index.${slot}`, 8 * 40);
  const again = await opened(storage);
  assert.equal(again.report.rebuilt, ['201']);
  assert.ok(again.log.has('document-damaged'));
  assert.equal(again.store.list('201'), before);
});

test('deleted messages wait for housekeeping; purged ones are gone for good', async () => {
  const clock = new SimClock();
  const { store, storage } = await opened(new SimStorage(), { deletedKeepHours: 2 }, clock);
  const first = await leave(store, '201', chunksOf(1, 1));
  const second = await leave(store, '201', chunksOf(2, 1));
  await store.mark('201', first.id, 'deleted');
  assert.equal(store.list('201').map(({ id }) => id), [second.id]);
  assert.is(store.list('201', true).length, 2);
  clock.stepWall(3_600_000);
  assert.is(await store.housekeep(), 0);
  await store.mark('201', first.id, 'new');
  await store.mark('201', first.id, 'deleted');
  clock.stepWall(7_200_001);
  assert.is(await store.housekeep(), 1);
  await store.purge('201', second.id);
  await store.purge('201', second.id);
  await store.mark('201', second.id, 'old');
  assert.equal(store.list('201', true), []);
  assert.equal((await opened(storage.afterPowerCut(() => 'drop'))).store.list('201', true), []);
});

test('power-cut-while-trash-is-emptied: the message is gone, and nothing is reported damaged', async () => {
  const { store, storage } = await opened();
  const deleted = await leave(store, '201', chunksOf(1, 1));
  const heard = await leave(store, '201', chunksOf(2, 1));
  await store.mark('201', deleted.id, 'deleted');
  storage.fault = ({ kind, path }) => (kind === 'write' && path.includes('/index.') ? 'power-cut' : null);
  await Promise.race([store.purge('201', deleted.id), storage.powerLost]);
  const after = storage.afterPowerCut((what) => (what === 'name' ? 'keep' : 'drop'));
  const { report, store: again } = await opened(after);
  assert.equal(again.list('201', true).map(({ id }) => id), [heard.id]);
  assert.equal(report.damaged, []);
  await after.remove(`mailboxes/201/cur/${heard.id}.new.rec`);
  assert.equal((await opened(after)).report.damaged.map(({ why }) => why), ['listed, but its file is gone']);
});

test('an abandoned recording leaves nothing', async () => {
  const { store, storage } = await opened();
  const writer = await store.begin(factsFor('201'));
  writer.append(audio(1, 0), 0);
  await writer.abandon();
  assert.equal(await storage.list('new'), []);
  assert.equal((await opened(storage.afterPowerCut(() => 'drop'))).report, { messages: 0, salvaged: [], damaged: [], rebuilt: [] });
});

test('an interrupted recording is delivered as such; noise of less than a second is not', async () => {
  const { store, storage } = await opened();
  const long = await store.begin(factsFor('201'));
  const short = await store.begin(factsFor('202'));
  const chunks = chunksOf(1, 3);
  for (const chunk of chunks) long.append(chunk.slice(), 1);
  short.append(audio(2, 0, 7999), 0);
  await store.close();
  const again = await opened(storage.afterPowerCut(() => 'drop'));
  assert.equal(again.report.salvaged, [long.id]);
  assert.equal(again.store.list('202'), []);
  const [message] = again.store.list('201');
  assert.equal([message?.id, message?.interrupted, message?.durationMs, message?.lostPackets, message?.state], [long.id, true, 3000, 3, 'new']);
  assert.ok((await wholeOf(await again.store.reader('201', long.id))).equals(Buffer.concat(chunks)));
  assert.equal(await again.storage.list('new'), []);
  assert.equal((await opened(again.storage)).report.salvaged, [], 'once');
});

test('a recording that runs is not salvaged by housekeeping', async () => {
  const { store } = await opened();
  const writer = await store.begin(factsFor('201'));
  writer.append(audio(1, 0), 0);
  writer.append(audio(1, 1), 0);
  await store.housekeep();
  assert.equal(store.list('201'), []);
  assert.is((await writer.finish('hung-up')).durationMs, 2000);
});

test('an unreadable message is set aside when somebody wants to hear it; the others are not touched', async () => {
  const { store, storage, log } = await opened();
  const bad = await leave(store, '201', chunksOf(1, 1));
  const good = await leave(store, '201', chunksOf(2, 1));
  storage.flipBit(`mailboxes/201/cur/${bad.id}.new.rec`, 3);
  assert.is(await refused(store.reader('201', bad.id)), 'io');
  assert.ok(log.has('message-damaged'));
  assert.equal(store.list('201').map(({ id }) => id), [good.id]);
  assert.equal(await storage.list('damaged'), [`201-${bad.id}.new.rec`]);
  assert.is((await wholeOf(await store.reader('201', good.id))).length, 8000);
  assert.equal((await opened(storage)).store.list('201').map(({ id }) => id), [good.id]);
});

test('read-error-once: at whichever read the medium fails, the message is heard whole and stays where it is', async () => {
  let failing = 0;
  for (let reads = 1; failing < reads; failing++) {
    const { store, storage } = await opened();
    const message = await leave(store, '201', chunksOf(1, 3, 30_000));
    reads = 0;
    storage.fault = ({ kind }) => ((kind === 'read' || kind === 'open') && reads++ === failing ? 'io' : null);
    const reader = await store.reader('201', message.id);
    assert.equal(await wholeOf(reader), Buffer.concat(chunksOf(1, 3, 30_000)), `read ${failing}`);
    assert.is(reader.damaged, false);
    assert.equal([store.list('201'), await storage.list('damaged')], [[message], []]);
  }
  assert.ok(failing > 4, `${failing} reads`);
});

test('medium-gives-nothing: a message that cannot be read now stays listed, and is heard when the medium is well again', async () => {
  const { store, storage, log } = await opened();
  const message = await leave(store, '201', chunksOf(1, 1));
  storage.fault = ({ kind }) => (kind === 'read' ? 'io' : null);
  assert.is(await refused(store.reader('201', message.id)), 'io');
  storage.fault = null;
  assert.equal([store.list('201'), await storage.list('damaged'), log.has('message-damaged')], [[message], [], false]);
  assert.is((await wholeOf(await store.reader('201', message.id))).length, 8000);
});

test('medium-fails-while-an-index-is-rebuilt: a file that cannot be read is told, stays, and is listed at the next start', async () => {
  const { store, storage } = await opened();
  const { id } = await leave(store, '201', chunksOf(1, 1));
  for (const slot of ['a', 'b']) if ((await storage.stat(`mailboxes/201/index.${slot}`)) !== null) await storage.remove(`mailboxes/201/index.${slot}`);
  storage.fault = ({ kind, path }) => (kind === 'read' && path.endsWith('.rec') ? 'io' : null);
  const during = await opened(storage);
  assert.equal(during.report.damaged.map(({ file }) => file), [`mailboxes/201/cur/${id}.new.rec`]);
  storage.fault = null;
  const after = await opened(storage);
  assert.equal([after.store.list('201').map((message) => message.id), await storage.list('damaged')], [[id], []]);
});

test('a message with a bad frame in the middle plays up to there, listed or rebuilt', async () => {
  const { store, storage } = await opened();
  const { id } = await leave(store, '201', chunksOf(1, 3));
  storage.flipBit(`mailboxes/201/cur/${id}.new.rec`, 8 * 12_000);
  const reader = await store.reader('201', id);
  assert.is((await wholeOf(reader)).length, 8000);
  assert.is(reader.damaged, true);
  await storage.remove('mailboxes/201/index.a');
  const rebuilt = await opened(storage);
  assert.equal(rebuilt.store.list('201').map(({ bytes, interrupted }) => [bytes, interrupted]), [[8000, true]]);
});

test('an unreadable file in new/ or cur/ is set aside and reported, a blank one removed', async () => {
  const { store, storage } = await opened();
  const { id } = await leave(store, '201', chunksOf(1, 1));
  const put = async (path: string, bytes: Uint8Array): Promise<void> => (await storage.open(path, 'create')).write(bytes, 0);
  const other = id.replace(/....$/, 'ffff');
  await put(`new/${other}.rec`, audio(1, 1));
  await put(`new/${other.replace(/f$/, 'e')}.rec`, new Uint8Array(9000));
  await put('new/README', audio(1, 1));
  await put(`mailboxes/201/cur/${other}.old.rec`, audio(1, 1));
  const again = await opened(storage);
  assert.equal(again.report.damaged.map(({ file }) => file).sort(), [`mailboxes/201/cur/${other}.old.rec`, `new/${other}.rec`, 'new/README']);
  assert.equal(again.store.list('201').map((message) => message.id), [id]);
  assert.equal((await storage.list('damaged')).sort(), [`${other}.rec`, `201-${other}.old.rec`]);
});

test('admission: unknown mailbox, count, seconds, full disk, failing disk and its recovery', async () => {
  const storage = new SimStorage({ totalBytes: 1_600_000 });
  const { store } = await opened(storage, { mailboxMaxMessages: 2, mailboxMaxSec: 3 });
  assert.is(await store.admission('999'), 'no-such-mailbox');
  assert.is(await store.admission('../etc'), 'no-such-mailbox');
  assert.is(await store.admission('201'), 'ok');
  await leave(store, '201', chunksOf(1, 1));
  const running = await store.begin(factsFor('201'));
  assert.is(await store.admission('201'), 'mailbox-full', 'a running recording counts');
  await running.abandon();
  const { id } = await leave(store, '201', chunksOf(2, 2));
  assert.is(await store.admission('201'), 'mailbox-full');
  await store.mark('201', id, 'deleted');
  assert.is(await store.admission('201'), 'ok', 'deleted ones make room');
  await leave(store, '202', chunksOf(3, 3));
  assert.is(await store.admission('202'), 'mailbox-full', '3 of 3 seconds');
  const file = await storage.open('filler', 'create');
  await file.allocate((await storage.space()).freeBytes - 1024 * 1024);
  assert.is(await store.admission('203'), 'store-full');
  await storage.remove('filler');
  assert.is(await store.admission('203'), 'ok');
  storage.readOnly = true;
  assert.is(await refused(store.begin(factsFor('203'))), 'read-only');
  assert.is(await store.admission('203'), 'store-failed');
  storage.readOnly = false;
  assert.is(await store.admission('203'), 'ok');
});

test('the disk fills up while a message is recorded: it is stored whole', async () => {
  const storage = new SimStorage({ totalBytes: 2_000_000 });
  const { store } = await opened(storage);
  await leave(store, '201', chunksOf(8, 1));
  await leave(store, '201', chunksOf(9, 1));
  const writer = await store.begin(factsFor('201'));
  const filler = await storage.open('filler', 'create');
  await filler.allocate((await storage.space()).freeBytes);
  const chunks = chunksOf(1, 10);
  for (const chunk of chunks) writer.append(chunk.slice(), 0);
  const message = await writer.finish('hung-up');
  assert.equal([message.durationMs, message.interrupted], [10_000, false]);
  const again = await opened(storage.afterPowerCut(() => 'drop'));
  assert.ok((await wholeOf(await again.store.reader('201', message.id))).equals(Buffer.concat(chunks)));
});

test('a recording that outgrows its reserve on a full disk ends there, and what was stored is delivered', async () => {
  const storage = new SimStorage({ totalBytes: 2_000_000 });
  const { store, log } = await opened(storage, { maxSec: 2 });
  const writer = await store.begin(factsFor('201'));
  const filler = await storage.open('filler', 'create');
  await filler.allocate((await storage.space()).freeBytes - 8192);
  for (const chunk of chunksOf(1, 2)) writer.append(chunk, 0);
  await store.close();
  for (const chunk of chunksOf(2, 2)) writer.append(chunk, 0);
  await store.close();
  assert.is(writer.failed, true);
  assert.ok(log.has('recording-failed'));
  assert.is(writer.append(audio(1, 1), 0), false);
  await storage.remove('filler');
  const message = await writer.finish('hung-up');
  assert.equal([message.durationMs, message.interrupted], [2000, true]);
});

test('a failed sync moves the recording to a fresh file, and all of it is delivered', async () => {
  for (const failAt of [1, 2, 3]) {
    const { store, storage, log } = await opened();
    const writer = await store.begin(factsFor('201'));
    let syncs = 0;
    storage.fault = ({ kind }) => (kind === 'data-sync' && ++syncs === failAt ? 'io' : null);
    const chunks = chunksOf(1, 2);
    for (const chunk of chunks) {
      writer.append(chunk.slice(), 0);
      await store.close();
    }
    const message = await writer.finish('hung-up');
    assert.equal([message.durationMs, message.interrupted], [2000, false]);
    assert.ok(log.has('recording-moved'));
    const again = await opened(storage.afterPowerCut(() => 'drop'));
    assert.equal(again.store.list('201'), [message]);
    assert.ok((await wholeOf(await again.store.reader('201', message.id))).equals(Buffer.concat(chunks)));
    assert.equal(await again.storage.list('new'), []);
  }
});

test('when the disk stays broken the recording fails, and start-up delivers what was durable', async () => {
  const { store, storage } = await opened();
  const writer = await store.begin(factsFor('201'));
  writer.append(audio(1, 0), 0);
  writer.append(audio(1, 1), 0);
  await store.close();
  storage.fault = ({ kind }) => (kind === 'data-sync' || kind === 'create' ? 'io' : null);
  writer.append(audio(1, 2), 0);
  await store.close();
  assert.is(writer.failed, true);
  assert.is(await refused(writer.finish('hung-up')), 'io');
  const again = await opened(storage.afterPowerCut(() => 'drop'));
  assert.equal(again.store.list('201').map(({ durationMs, interrupted }) => [durationMs, interrupted]), [[2000, true]]);
});

test('sixteen chunks wait at most; the seventeenth is refused', async () => {
  const clock = new SimClock();
  const storage = new SimStorage({ clock, delayMs: ({ kind }) => (kind === 'data-sync' ? 2000 : 0) });
  const { store } = makeStore(storage, { maxSec: 30 }, 1, clock);
  const settled = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    work.finally(() => (done = true)).catch(() => undefined);
    await clock.until(() => done, 60_000, 500);
    return work;
  };
  await settled(store.open());
  const writer = await settled(store.begin(factsFor('201')));
  const taken = chunksOf(1, 17).map((chunk) => writer.append(chunk, 0));
  assert.equal(taken, [...Array<boolean>(16).fill(true), false]);
  assert.is((await settled(writer.finish('hung-up'))).durationMs, 16_000);
  assert.equal(clock.pending(), []);
});

test('facts of any length are bounded, and ids rise over a restart with the clock back in 1970', async () => {
  const { store, storage } = await opened();
  const facts = { ...factsFor('201'), callerNumber: '1'.repeat(500), callerName: 'ä'.repeat(500) };
  const writer = await store.begin(facts);
  writer.append(audio(1, 0), 0);
  const first = await writer.finish('hung-up');
  assert.equal([first.callerNumber.length, first.callerName.length], [64, 96]);
  const again = await opened(storage, {}, new SimClock(0));
  const second = await leave(again.store, '201', chunksOf(2, 1));
  assert.ok(second.id > first.id);
  assert.equal(again.store.list('201').map(({ id }) => id), [first.id, second.id]);
});

test('a mailbox that is full of names and numbers still lists every message', async () => {
  const { store, storage } = await opened(new SimStorage(), { mailboxMaxMessages: 400, maxSec: 1 });
  for (let count = 0; count < 400; count++) {
    const writer = await store.begin({ ...factsFor('201'), callerNumber: '1'.repeat(64), callerName: 'n'.repeat(96) });
    writer.append(audio(1, count, 800), 0);
    await writer.finish('hung-up');
  }
  assert.is(await store.admission('201'), 'mailbox-full');
  assert.is((await opened(storage.afterPowerCut(() => 'drop'))).store.list('201').length, 400);
});

test.run();
