// What a partner's mirror sees of a store: sums, versions, and what was purged.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shelfOf, shelves } from '../../../firmware/mailbox/message-mirror.ts';
import type { FileMessageStore } from '../../../firmware/mailbox/file-message-store.ts';
import { firstVersion, unknownVersion } from '../../../firmware/mailbox/state-version.ts';
import { maxTombstones, tombstoneDays, Tombstones } from '../../../firmware/mailbox/tombstones.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import type { ListLog } from '../../support/store-fixture.ts';
import { chunksOf, leave, makeStore, ListLog as Log } from '../../support/store-fixture.ts';

const dayMs = 86_400_000;

interface Opened {
  readonly store: FileMessageStore;
  readonly log: ListLog;
  readonly storage: SimStorage;
}

async function opened(storage = new SimStorage(), counter: 'primary' | 'backup' | null = 'primary'): Promise<Opened> {
  const { store, log } = makeStore(storage, {}, 1, new SimClock(), { counter, remembersPurges: () => counter !== null });
  await store.open();
  return { store, log, storage };
}

const versionsOf = async ({ store }: Opened, mailbox = '201'): Promise<number[]> => (await store.mirror.list(mailbox, '', 100)).map(({ version }) => version);

const idOf = (nth: number): string => `019b8d62-7a80-7406-852c-${String(nth).padStart(12, '0')}`;

test('sums change with a message, its state and its version, and are the same over the same', async () => {
  const unit = await opened();
  const { store } = unit;
  const sum = (): Promise<string | null> => store.mirror.sumOfShelf(shelfOf('201'));
  const seen = [await sum()];
  const { id } = await leave(store, '201', chunksOf(1, 1));
  seen.push(await sum());
  await store.mark('201', id, 'old');
  seen.push(await sum());
  await store.mark('201', id, 'new');
  seen.push(await sum());
  assert.is(new Set(seen).size, 4, 'new again is not as it was: it was changed twice');
  assert.is(await (await opened(unit.storage)).store.mirror.sumOfShelf(shelfOf('201')), seen[3]);
  await store.purge('201', id);
  assert.is(await sum(), seen[0], 'an empty mailbox is as good as none');
});

test('every mailbox has a shelf', () => {
  const found = new Set(Array.from({ length: 2000 }, (_, nth) => shelfOf(`${nth}`)));
  assert.equal([found.size, Math.min(...found), Math.max(...found)], [shelves, 0, shelves - 1]);
});

test('each change is counted for the unit that makes it, over restarts; a unit without a pair counts none', async () => {
  const unit = await opened();
  const { id } = await leave(unit.store, '201', chunksOf(1, 1));
  assert.equal(await versionsOf(unit), [firstVersion]);
  await unit.store.mark('201', id, 'old');
  await unit.store.mark('201', id, 'old');
  await unit.store.mark('201', id, 'saved');
  const again = await opened(unit.storage, 'backup');
  await again.store.mark('201', id, 'new');
  assert.equal([await versionsOf(unit), await versionsOf(again), await versionsOf(await opened(unit.storage))], [[2 * 0x10000], [2 * 0x10000 + 1], [2 * 0x10000 + 1]]);
  const alone = await opened(new SimStorage(), null);
  const other = await leave(alone.store, '201', chunksOf(1, 1));
  await alone.store.mark('201', other.id, 'old');
  assert.equal(await versionsOf(alone), [firstVersion]);
});

test('a mark of another unit and a version stand side by side in the index', async () => {
  const storage = new SimStorage();
  const { store } = makeStore(storage, {}, 1, new SimClock(), { counter: 'backup', takenFor: () => 'ada' });
  await store.open();
  const { id } = await leave(store, '201', chunksOf(1, 1));
  await store.mark('201', id, 'saved');
  const again = await opened(storage, 'backup');
  assert.equal(again.store.list('201').map(({ takenFor, state }) => [takenFor, state]), [['ada', 'saved']]);
  assert.equal(await versionsOf(again), [1]);
});

test('a lost index leaves versions unknown, but those of new messages that are only behind', async () => {
  const unit = await opened();
  const [one, two] = [await leave(unit.store, '201', chunksOf(1, 1)), await leave(unit.store, '201', chunksOf(2, 1))];
  await unit.store.mark('201', one.id, 'old');
  for (const slot of ['a', 'b']) if ((await unit.storage.stat(`mailboxes/201/index.${slot}`)) !== null) await unit.storage.remove(`mailboxes/201/index.${slot}`);
  const again = await opened(unit.storage);
  assert.equal(new Map((await again.store.mirror.list('201', '', 9)).map(({ id, version }) => [id, version])), new Map([[one.id, unknownVersion], [two.id, firstVersion]]));
});

test('what was purged is known, over a power cut, until there is such a message again', async () => {
  const unit = await opened();
  const { id } = await leave(unit.store, '201', chunksOf(1, 1));
  await unit.store.purge('201', id);
  const after = await opened(unit.storage.afterPowerCut(() => 'drop'));
  assert.equal(await after.store.mirror.standings('201', [id, idOf(1)]), [{ kind: 'purged', id, version: 0x10000 }, null]);
  assert.equal(await after.store.mirror.standings('999', [id]), [null]);
});

test('power-cut-between-the-note-of-a-purge-and-the-purge: the message is there, and counts', async () => {
  const unit = await opened();
  const { id } = await leave(unit.store, '201', chunksOf(1, 1));
  unit.storage.fault = ({ kind, path }) => (kind === 'remove' && path.endsWith('.rec') ? 'power-cut' : null);
  void unit.store.purge('201', id);
  await unit.storage.powerLost;
  const after = await opened(unit.storage.afterPowerCut(() => 'drop'));
  assert.equal((await after.store.mirror.standings('201', [id])).map((one) => one?.kind), ['listed']);
});

test('trash is emptied with one note for all; a disk that is full lets it go all the same, and says so', async () => {
  const clock = new SimClock();
  const storage = new SimStorage();
  const { store, log } = makeStore(storage, {}, 1, clock, { counter: 'primary', remembersPurges: () => true });
  await store.open();
  const deleted = async (count: number): Promise<void> => {
    for (let tag = 0; tag < count; tag++) await store.mark('201', (await leave(store, '201', chunksOf(tag, 1))).id, 'deleted');
    clock.stepWall(2 * dayMs);
  };
  await deleted(5);
  let notes = 0;
  storage.fault = ({ kind, path }) => (kind === 'data-sync' && path.includes('/purged') ? (notes++, null) : null);
  assert.is(await store.housekeep(), 5);
  assert.is(notes, 1);
  await deleted(2);
  storage.fault = ({ kind, path }) => (kind !== 'stat' && path.includes('/purged') ? 'no-space' : null);
  assert.is(await store.housekeep(), 2);
  assert.ok(log.has('purge-not-remembered'));
});

test('a purge whose note cannot be written for another reason is refused', async () => {
  const unit = await opened();
  const { id } = await leave(unit.store, '201', chunksOf(1, 1));
  unit.storage.fault = ({ path }) => (path.includes('/purged') ? 'read-only' : null);
  assert.is(await unit.store.purge('201', id).then(() => 'purged', () => 'refused'), 'refused');
  assert.is(unit.store.list('201').length, 1);
});

test('a message that is set aside as damaged is not taken for purged', async () => {
  const unit = await opened();
  const { id } = await leave(unit.store, '201', chunksOf(1, 1));
  unit.storage.fault = ({ kind, path }) => (kind === 'remove' && path.endsWith('.rec') ? 'io' : null);
  assert.is(await unit.store.purge('201', id).then(() => 'purged', () => 'refused'), 'refused');
  unit.storage.fault = null;
  unit.storage.flipBit(`mailboxes/201/cur/${id}.new.rec`, 3);
  assert.is(await unit.store.reader('201', id).then(() => 'opened', () => 'refused'), 'refused');
  assert.equal(await unit.store.mirror.standings('201', [id]), [null]);
});

test('tombstones: so many and so long, the oldest make room, of two notes the versions are joined', async () => {
  const clock = new SimClock();
  const storage = new SimStorage();
  await storage.makeDirectory('mailboxes/201');
  const tombstones = new Tombstones({ storage, clock, log: new Log() });
  await tombstones.add('201', Array.from({ length: maxTombstones }, (_, nth) => ({ id: idOf(nth), version: 1 })));
  await tombstones.add('201', [{ id: idOf(maxTombstones), version: 1 }, { id: idOf(1), version: 0x10000 }]);
  const all = Array.from({ length: maxTombstones + 1 }, (_, nth) => idOf(nth));
  const found = await tombstones.find('201', all);
  assert.equal([found.size, found.has(idOf(0)), found.get(idOf(1))], [maxTombstones, false, 0x10001]);
  clock.stepWall(tombstoneDays * dayMs);
  await tombstones.add('201', [{ id: idOf(5), version: 2 }]);
  assert.equal([...(await tombstones.find('201', all))], [[idOf(5), 2]]);
});

test('tombstones of many mailboxes: few documents are open at once, and none is mixed up', async () => {
  const storage = new SimStorage();
  for (let nth = 0; nth < 40; nth++) await storage.makeDirectory(`mailboxes/${nth}`);
  const tombstones = new Tombstones({ storage, clock: new SimClock(), log: new Log() });
  await Promise.all(Array.from({ length: 40 }, (_, nth) => tombstones.add(`${nth}`, [{ id: idOf(nth), version: nth }])));
  for (let nth = 0; nth < 40; nth++) assert.equal(await tombstones.find(`${nth}`, [idOf(nth), idOf(nth + 1)]), new Map([[idOf(nth), nth]]));
});

test.run();
