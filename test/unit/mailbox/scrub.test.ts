import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { firstRoundMs, roundMs } from '../../../firmware/mailbox/scrub.ts';
import type { FileMessageStore } from '../../../firmware/mailbox/file-message-store.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import type { ListLog } from '../../support/store-fixture.ts';
import { chunksOf, leave, makeStore } from '../../support/store-fixture.ts';

const found = 'message-damage-found';

async function scrubbed(): Promise<{ storage: SimStorage; clock: SimClock; store: FileMessageStore; log: ListLog; ids: string[] }> {
  const [storage, clock] = [new SimStorage({}), new SimClock()];
  const { store, log } = makeStore(storage, {}, 1, clock);
  await store.open();
  const ids = [(await leave(store, '201', chunksOf(1, 3))).id, (await leave(store, '202', chunksOf(2, 1))).id, (await leave(store, '202', chunksOf(3, 2))).id];
  store.scrub.start();
  return { storage, clock, store, log, ids };
}

const pathOf = (number: string, id: string | undefined, state = 'new'): string => `mailboxes/${number}/cur/${id}.${state}.rec`;

test('every delivered message is read once a day, and nothing is found where nothing is wrong', async () => {
  const { clock, store, log } = await scrubbed();
  await clock.advance(firstRoundMs - 1);
  assert.equal(store.scrub.progress, { messages: 0, damaged: 0, rounds: 0 });
  await clock.advance(60_000);
  assert.equal(store.scrub.progress, { messages: 3, damaged: 0, rounds: 1 });
  await clock.advance(roundMs);
  assert.equal(store.scrub.progress, { messages: 6, damaged: 0, rounds: 2 });
  assert.not(log.has(found));
  store.scrub.stop();
});

test('a bit that turned on the medium is told once, with the file, which stays where it is', async () => {
  const { storage, clock, store, log, ids } = await scrubbed();
  storage.flipBit(pathOf('201', ids[0]), 8 * 12_000);
  await clock.advance(firstRoundMs + roundMs + 60_000);
  assert.equal(log.events.filter(({ event }) => event === found).map(({ facts }) => facts), [{ mailbox: '201', file: pathOf('201', ids[0]) }]);
  assert.equal([store.scrub.progress.damaged, store.scrub.progress.rounds], [1, 2]);
  assert.ok((await storage.stat(pathOf('201', ids[0]))) !== null);
  store.scrub.stop();
});

test('what the medium does not give is told, and keeps nothing else from being read', async () => {
  const { storage, clock, store, log, ids } = await scrubbed();
  storage.fault = ({ kind, path }) => (kind === 'read' && path === pathOf('202', ids[1]) ? 'io' : kind === 'list' && path === 'mailboxes/201/cur' ? 'io' : null);
  await clock.advance(firstRoundMs + 60_000);
  assert.is(log.events.filter(({ event }) => event === found).length, 2);
  assert.equal(store.scrub.progress, { messages: 1, damaged: 2, rounds: 1 });
  store.scrub.stop();
});

test('a message that was heard or purged since the folder was listed is no finding', async () => {
  const { storage, clock, store, log, ids } = await scrubbed();
  let changing: Promise<unknown> = Promise.resolve();
  storage.fault = ({ kind, path }) => {
    if (kind === 'list' && path === 'mailboxes/202/cur') changing = Promise.all([store.mark('202', ids[1] ?? '', 'old'), store.purge('202', ids[2] ?? '')]);
    return null;
  };
  await clock.advance(firstRoundMs + 60_000);
  await changing;
  assert.not(log.has(found));
  assert.is(store.scrub.progress.rounds, 1);
  store.scrub.stop();
});

test('a damaged message that is heard meanwhile is not told again', async () => {
  const { storage, clock, store, log, ids } = await scrubbed();
  storage.flipBit(pathOf('201', ids[0]), 8 * 12_000);
  await clock.advance(firstRoundMs + 60_000);
  await store.mark('201', ids[0] ?? '', 'old');
  await clock.advance(roundMs);
  assert.equal([log.events.filter(({ event }) => event === found).length, store.scrub.progress.damaged, store.scrub.progress.rounds], [1, 1, 2]);
  store.scrub.stop();
});

for (const id of ['too-many-open', 'no-space', 'permission-denied', 'busy'] as const) {
  test(`what the machine is short of (${id}) is no damage: a warning once a round, and real damage is still told`, async () => {
    const { storage, clock, store, log, ids } = await scrubbed();
    storage.fault = ({ kind, path }) => (kind === 'open' && path.startsWith('mailboxes/') ? id : null);
    await clock.advance(firstRoundMs + 60_000);
    assert.equal([log.has(found), store.scrub.progress], [false, { messages: 0, damaged: 0, rounds: 1 }]);
    assert.is(log.events.filter(({ event }) => event === 'scrub-passed-over').length, 1);
    storage.fault = null;
    storage.flipBit(pathOf('201', ids[0]), 8 * 12_000);
    await clock.advance(roundMs);
    assert.is(log.events.filter(({ event }) => event === found).length, 1);
    store.scrub.stop();
  });
}

test('each look is at the medium, not at what the machine holds of the file in memory, and leaves nothing of it there', async () => {
  const { storage, clock, store } = await scrubbed();
  await clock.advance(firstRoundMs + 60_000);
  assert.equal([store.scrub.progress.messages, storage.forgotten], [3, 6], 'before and after each');
  store.scrub.stop();
});

test('it is slow: a second of reading for 128 KiB, a pause for each message; and it stops at once', async () => {
  const { clock, store, log } = await scrubbed();
  // 24,000 octets take 183 ms, the other two 61 and 122.
  const took = await clock.until(() => store.scrub.progress.rounds === 1, firstRoundMs + 60_000, 10);
  assert.ok(took);
  assert.ok(clock.monotonic() >= firstRoundMs + 183 + 61 + 122, String(clock.monotonic()));
  store.scrub.stop();
  assert.equal(clock.pending().filter(({ name }) => name === 'scrub'), []);
  await clock.advance(2 * roundMs);
  assert.is(store.scrub.progress.rounds, 1);
  assert.not(log.has('scrub-failed'));
});

test.run();
