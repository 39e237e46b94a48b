import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogWorth } from '../../../firmware/mailbox/better-log.ts';
import { isBetterLog } from '../../../firmware/mailbox/better-log.ts';
import type { FileMessageStore } from '../../../firmware/mailbox/file-message-store.ts';
import { handMs } from '../../../firmware/mailbox/hands.ts';
import type { Message } from '../../../firmware/mailbox/message.ts';
import type { Parcel } from '../../../firmware/mailbox/message-transfer.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { audio, chunksOf, factsFor, leave, makeStore, wholeOf } from '../../support/store-fixture.ts';

async function backup(storage = new SimStorage(), clock = new SimClock(), takenFor: () => string | null = () => 'ada') {
  const fixture = makeStore(storage, {}, 2, clock, { takenFor });
  await fixture.store.open();
  return { storage, ...fixture, clock };
}

async function home(storage = new SimStorage(), settings = {}) {
  const fixture = makeStore(storage, settings, 1);
  await fixture.store.open();
  await storage.makeDirectory('home');
  return { storage, ...fixture };
}

async function parcel(store: FileMessageStore, { mailbox, id }: Message): Promise<Parcel> {
  const found = await store.transfer.examine(mailbox, id);
  if (found === null || typeof found === 'string') throw new Error(String(found));
  return found;
}

/** The bytes of a message laid into a file of another disk. */
async function carry(from: FileMessageStore, message: Message, to: SimStorage): Promise<{ path: string; bytes: number }> {
  const { bytes } = await parcel(from, message);
  const path = `home/${message.id}.part`;
  const file = await to.open(path, 'create');
  for (let at = 0; at < bytes; ) {
    const piece = await from.transfer.piece(message.mailbox, message.id, at, Math.min(5000, bytes - at));
    if (piece === null || piece.length === 0) throw new Error('no more bytes');
    await file.write(piece, at);
    at += piece.length;
  }
  await file.dataSync();
  await file.close();
  return { path, bytes };
}

async function takenOf(store: FileMessageStore): Promise<Message[]> {
  const found: Message[] = [];
  for (let next = await store.transfer.oldestTaken('blaise', ''); next !== null; next = await store.transfer.oldestTaken('blaise', next.id)) found.push(next);
  return found;
}

test('a unit that stands in knows from the first second on whose message it is, after a crash and without its index too', async () => {
  const { store, storage } = await backup();
  const writer = await store.begin(factsFor('201'));
  for (const chunk of chunksOf(1, 2)) writer.append(chunk.slice(), 0);
  await store.close();
  const survivor = storage.afterPowerCut(() => 'drop');
  const again = await backup(survivor, new SimClock(), () => null);
  assert.equal((await takenOf(again.store)).map(({ id, interrupted }) => [id, interrupted]), [[writer.id, true]]);
  for (const slot of ['a', 'b']) if ((await survivor.stat(`mailboxes/201/index.${slot}`)) !== null) await survivor.remove(`mailboxes/201/index.${slot}`);
  assert.equal((await takenOf((await backup(survivor, new SimClock(), () => null)).store)).map(({ takenFor }) => takenFor), ['ada']);
});

test('at home, and without a partner, nothing is taken for anybody else', async () => {
  let standingInFor: string | null = null;
  const { store } = await backup(new SimStorage(), new SimClock(), () => standingInFor);
  const own = await leave(store, '201', chunksOf(1, 1));
  standingInFor = 'ada';
  const taken = await leave(store, '201', chunksOf(2, 1));
  assert.is(own.takenFor, undefined);
  assert.equal(await takenOf(store), [taken]);
  assert.equal([store.transfer.taken('blaise'), store.transfer.taken('ada')], [{ messages: 1, bytes: 8000 }, { messages: 0, bytes: 0 }]);
  assert.is(await store.transfer.oldestTaken('ada', ''), null);
});

test('oldest first, of all mailboxes and in every state', async () => {
  const { store, clock } = await backup();
  const ids: string[] = [];
  for (const mailbox of ['202', '201', '203', '201']) ids.push((await leave(store, mailbox, chunksOf(1, 1))).id);
  await store.mark('201', ids[1] ?? '', 'deleted');
  assert.equal((await takenOf(store)).map(({ id }) => id), [ids[0], ids[2]], '201 is in hand');
  await clock.advance(handMs);
  assert.equal((await takenOf(store)).map(({ id }) => id), ids);
});

for (const state of ['new', 'old', 'saved', 'deleted'] as const) {
  test(`a message comes in as it is, ${state}`, async () => {
    const away = await backup();
    const message = await leave(away.store, '201', chunksOf(1, 3), 2500);
    const at = await home();
    const told: string[] = [];
    at.store.changed = (mailbox) => told.push(mailbox);
    const { path, bytes } = await carry(away.store, message, at.storage);
    assert.equal(await at.store.transfer.import(path, { mailbox: '201', id: message.id, bytes }, state), { ...message, state });
    assert.equal(told, ['201']);
    const again = await home(at.storage.afterPowerCut(() => 'drop'));
    assert.equal(again.store.list('201', true), [{ ...message, state }]);
    assert.ok((await wholeOf(await again.store.reader('201', message.id))).equals(Buffer.concat(chunksOf(1, 3)).subarray(0, 20_000)));
    assert.equal(await at.storage.list('home'), []);
    assert.is(await again.store.housekeep(), 0, 'what was deleted away can be brought back at home for as long');
  });
}

test('what is not the message, not whole, or longer stays where it is', async () => {
  const away = await backup();
  const message = await leave(away.store, '201', chunksOf(1, 2));
  const at = await home();
  const { path, bytes } = await carry(away.store, message, at.storage);
  const other = await leave(away.store, '201', chunksOf(1, 1));
  const faults: [object, string][] = [
    [{ mailbox: '202' }, 'is not the message that was announced'],
    [{ id: other.id }, 'is not the message that was announced'],
    [{ bytes: bytes + 1 }, 'is not as long as was announced'],
  ];
  for (const [change, fault] of faults) assert.is(await at.store.transfer.import(path, { mailbox: '201', id: message.id, bytes, ...change }, 'new'), fault);
  at.storage.flipBit(path, 8 * 9000);
  assert.match(String(await at.store.transfer.import(path, { mailbox: '201', id: message.id, bytes }, 'new')), /checksum/);
  assert.equal(at.store.list('201'), []);
  assert.is.not(await at.storage.stat(path), null);
});

test('a reserve that a power cut left behind the trailer is no part of the message', async () => {
  const { store, storage } = await backup();
  const message = await leave(store, '201', chunksOf(1, 1));
  const before = await parcel(store, message);
  const file = await storage.open(`mailboxes/201/cur/${message.id}.new.rec`, 'update');
  await file.allocate(before.bytes + 50_000);
  assert.is((await parcel(store, message)).bytes, before.bytes);
});

test('a read that fails, whichever, never makes a message shorter than it is', async () => {
  const { store, storage } = await backup();
  const message = await leave(store, '201', chunksOf(1, 3, 30_000));
  const { bytes } = await parcel(store, message);
  const found = new Set<string>();
  for (let failing = 0; failing < 8; failing++) {
    let reads = 0;
    storage.fault = ({ kind }) => (kind === 'read' && reads++ === failing ? 'io' : null);
    const result = await store.transfer.examine('201', message.id);
    found.add(result === null || typeof result === 'string' ? 'damaged' : `${result.bytes}`);
  }
  assert.equal([...found].sort(), [`${bytes}`, 'damaged']);
});

test('why a message cannot be taken in', async () => {
  const { store, storage } = await home(new SimStorage({ totalBytes: 4_000_000 }));
  assert.is(await store.transfer.refusal('201', 1_000_000), null);
  assert.is(await store.transfer.refusal('999', 1), 'mailbox-unknown');
  assert.is(await store.transfer.refusal('201', 3_000_000), 'store-full');
  storage.readOnly = true;
  await store.begin(factsFor('201')).catch(() => undefined);
  assert.is(await store.transfer.refusal('201', 1), 'store-failed');
});

test('a message goes when it is as it was when it was taken over, and nobody has it in hand', async () => {
  const { store, storage, clock } = await backup();
  const { id } = await leave(store, '201', [audio(1, 0)]);
  const release = (state: Message['state']) => store.transfer.release('201', id, state);
  await store.mark('201', id, 'old');
  assert.is(await release('new'), 'changed');
  assert.is(await release('old'), 'in-hand');
  const reader = await store.reader('201', id);
  await clock.advance(handMs);
  assert.is(await release('old'), 'in-hand');
  await reader.close();
  await reader.close();
  await clock.advance(handMs - 1);
  assert.is(await release('old'), 'in-hand');
  await clock.advance(1);
  const told: string[] = [];
  store.changed = (mailbox) => told.push(mailbox);
  assert.is(await release('old'), 'gone');
  assert.is(await release('old'), 'gone');
  assert.equal(told, ['201']);
  assert.equal((await backup(storage.afterPowerCut(() => 'drop'))).store.list('201', true), []);
});

test('what an owner decides in the same moment is not undone when states are joined', async () => {
  const { store } = await home();
  const { id } = await leave(store, '201', chunksOf(1, 1));
  await Promise.all([store.mark('201', id, 'saved'), store.transfer.join('201', id, (here) => here)]);
  assert.is((await store.transfer.find('201', id))?.state, 'saved');
  await Promise.all([store.mark('201', id, 'old'), store.transfer.join('201', id, (here) => (here === 'old' ? 'deleted' : 'new'))]);
  assert.is((await store.transfer.find('201', id))?.state, 'deleted');
});

test('a message that cannot be read is damaged, and stays', async () => {
  const { store, storage } = await backup();
  const message = await leave(store, '201', chunksOf(1, 2));
  storage.flipBit(`mailboxes/201/cur/${message.id}.new.rec`, 8 * 5000);
  assert.match(String(await store.transfer.examine('201', message.id)), /checksum/);
  storage.fault = ({ kind }) => (kind === 'read' ? 'io' : null);
  assert.match(String(await store.transfer.examine('201', message.id)), /simulated/);
  storage.fault = null;
  assert.equal(store.list('201'), [message]);
  assert.is(await store.transfer.examine('201', 'none'), null);
});

test('of two logs of one id the complete one counts, else the longer', () => {
  const whole = { interrupted: false, bytes: 100 };
  const table: [LogWorth, LogWorth, boolean][] = [
    [whole, { interrupted: true, bytes: 500 }, true],
    [{ interrupted: true, bytes: 500 }, whole, false],
    [{ interrupted: true, bytes: 101 }, { interrupted: true, bytes: 100 }, true],
    [{ ...whole, bytes: 101 }, whole, true],
    [whole, whole, false],
  ];
  for (const [one, other, better] of table) assert.is(isBetterLog(one, other), better);
});

test.run();
