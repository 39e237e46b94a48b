import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { admit } from '../../../firmware/mailbox/admission.ts';
import type { AdmissionFacts } from '../../../firmware/mailbox/admission.ts';
import { lampCounts, togetherCounts } from '../../../firmware/mailbox/lamps.ts';
import { checkIndex, entryOf, rowOf, setState } from '../../../firmware/mailbox/message-index.ts';
import type { Message } from '../../../firmware/mailbox/message.ts';
import { inPlayOrder } from '../../../firmware/mailbox/play-order.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { chunksOf, factsFor, leave, makeStore, testMessageSettings } from '../../support/store-fixture.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

test('messages age by state and can still be brought back', async () => {
  const clock = new SimClock();
  const { store } = makeStore(new SimStorage({}), { oldKeepHours: 36, newKeepHours: 720 }, 1, clock);
  await store.open();
  const [heard, fresh, saved] = [await leave(store, '201', chunksOf(1, 1)), await leave(store, '201', chunksOf(2, 1)), await leave(store, '201', chunksOf(3, 1))];
  clock.stepWall(heard.startedMs - clock.wall());
  await store.mark('201', heard.id, 'old');
  await store.mark('201', saved.id, 'saved');
  const states = () => store.list('201', true).map(({ state }) => state);
  await clock.advance(35 * hourMs);
  await store.housekeep();
  assert.equal(states(), ['old', 'new', 'saved']);
  await clock.advance(2 * hourMs);
  await store.housekeep(false);
  assert.equal(states(), ['old', 'new', 'saved'], 'this time they do not age');
  await store.housekeep();
  assert.equal(states(), ['deleted', 'new', 'saved']);
  assert.equal((await store.deleted('201')).map(({ id }) => id), [heard.id]);
  await store.mark('201', heard.id, 'old');
  await store.housekeep();
  assert.equal(states(), ['old', 'new', 'saved'], 'its time begins anew');
  await clock.advance(30 * dayMs);
  await store.housekeep();
  assert.equal(states(), ['deleted', 'deleted', 'saved']);
  assert.is(fresh.state, 'new');
});

test('nothing ages where the settings say nothing', async () => {
  const clock = new SimClock();
  const { store } = makeStore(new SimStorage({}), {}, 1, clock);
  await store.open();
  const { id } = await leave(store, '201', chunksOf(1, 1));
  await store.mark('201', id, 'old');
  await clock.advance(3000 * dayMs);
  await store.housekeep();
  assert.is(store.list('201')[0]?.state, 'old');
});

test('where deleted messages are not kept, they go when the owner hangs up', async () => {
  const storage = new SimStorage({});
  const { store } = makeStore(storage, { deletedKeepHours: 0 });
  await store.open();
  const { id } = await leave(store, '201', chunksOf(1, 1));
  await store.mark('201', id, 'deleted');
  assert.is((await store.deleted('201')).length, 1, 'until then it can be brought back');
  store.leave('201');
  await store.close();
  assert.equal(store.list('201', true), []);
  assert.equal(await storage.list('mailboxes/201/cur'), []);
});

test('an unopened message is a new one to the lamp, survives a restart, and its state is in its name', async () => {
  const storage = new SimStorage({});
  const { store } = makeStore(storage);
  await store.open();
  const { id } = await leave(store, '201', chunksOf(1, 1));
  await store.mark('201', id, 'unopened');
  const again = makeStore(storage, {}, 2).store;
  for (const slot of ['a', 'b']) await storage.remove(`mailboxes/201/index.${slot}`).catch(() => undefined);
  await again.open();
  assert.is(again.list('201')[0]?.state, 'unopened');
  assert.equal([again.counts('201').new, again.counts('201').unopened], [1, 1]);
  assert.is(lampCounts(again.counts('201')).newMessages, 1);
});

test('what a caller marks is in the file, and known again from the file alone', async () => {
  const storage = new SimStorage({});
  const { store } = makeStore(storage);
  await store.open();
  const writer = await store.begin(factsFor('201'));
  writer.append(chunksOf(1, 1)[0] as Uint8Array, 0);
  const message = await writer.finish('digit', undefined, { priority: true, private: true });
  assert.equal([message.priority, message.private], [true, true]);
  for (const slot of ['a', 'b']) await storage.remove(`mailboxes/201/index.${slot}`).catch(() => undefined);
  const again = makeStore(storage, {}, 2).store;
  await again.open();
  assert.equal([again.list('201')[0]?.priority, again.list('201')[0]?.private], [true, true]);
  assert.equal(lampCounts(again.counts('201')), { newMessages: 1, oldMessages: 0, urgentNew: 1, urgentOld: 0 });
});

test('rows of an older version read as before, and marks stay with a row through changes of state', () => {
  const plain = ['0192a000-1234-7abc-8123-0123456789ab', '030', 'Ada', 1, 'busy', 'PCMU', 1000, 8000, 'new', 0, 0, 0] as const;
  const { messages } = checkIndex({ version: 1, messages: [[...plain], [...plain, 'unit-1', 3]] });
  const [old] = messages;
  assert.equal(rowOf(entryOf('201', old as never)), plain, 'and is written as before');
  const marked = rowOf({ message: { ...(entryOf('201', old as never).message), priority: true, sender: '202', sentAs: 'reply', takenFor: 'unit-1' }, deletedMs: 0, version: 5 });
  setState(marked, 'saved', 6, 99);
  const { message, version } = entryOf('201', checkIndex({ version: 1, messages: [marked] }).messages[0] as never);
  assert.equal([message.priority, message.sender, message.sentAs, message.takenFor, message.state, version], [true, '202', 'reply', 'unit-1', 'saved', 6]);
});

test('a row without a version gets one behind what all rows have, and loses it again', () => {
  const plain = ['0192a000-1234-7abc-8123-0123456789ab', '030', 'Ada', 1, 'busy', 'PCMU', 1000, 8000, 'new', 0, 0, 0];
  for (const behind of [[], ['unit-1'], [{ priority: true }], ['unit-1', { priority: true }]]) {
    const [row] = checkIndex({ version: 1, messages: [[...plain, ...behind]] }).messages as unknown as [never];
    const [mark, marks] = [behind.filter((one) => typeof one === 'string'), behind.filter((one) => typeof one === 'object')];
    setState(row, 'saved', 7, 99);
    assert.equal(row, [...plain.slice(0, 8), 'saved', 0, 0, 99, ...mark, 7, ...marks]);
    setState(row, 'old', 0, 100);
    assert.equal(row, [...plain.slice(0, 8), 'old', 0, 0, 100, ...behind]);
  }
});

test('a mailbox takes what its quota, its owner and the configuration let it take', () => {
  const facts: AdmissionFacts = {
    known: true, storeFailed: false, counts: { new: 1, old: 0, saved: 0, deleted: 0, usedMs: 50_000 }, indexIsFull: false, running: 0, freeBytes: 1e9,
    limits: { disabled: false, quotaSec: null }, options: { takesCalls: true, loopGreeting: false }, isGreeted: true,
  };
  const given = (part: Partial<AdmissionFacts>) => admit(testMessageSettings, { ...facts, ...part });
  assert.is(given({}), 'ok');
  assert.is(given({ limits: { disabled: false, quotaSec: 50 } }), 'mailbox-full');
  assert.is(given({ limits: { disabled: false, quotaSec: 51 } }), 'ok');
  assert.is(given({ limits: { disabled: true, quotaSec: null } }), 'closed');
  assert.is(given({ options: { takesCalls: false, loopGreeting: false } }), 'closed');
  assert.is(given({ options: { takesCalls: true, loopGreeting: true } }), 'announcement');
  assert.is(given({ options: { takesCalls: true, loopGreeting: true }, isGreeted: false }), 'ok', 'there is no greeting to repeat');
});

test('broadcast first, then urgent ones, then the rest, in either order', () => {
  const message = (id: string, part: Partial<Message> = {}): Message => ({ ...factsFor('201'), id, durationMs: 1, bytes: 8, state: 'new', interrupted: false, lostPackets: 0, ...part });
  const all = [message('a'), message('b', { priority: true }), message('c'), message('d', { sentAs: 'broadcast' }), message('e', { priority: true })];
  const order = (settings: Partial<typeof testMessageSettings>, category: 'new' | 'old' = 'new') =>
    inPlayOrder(all.map((one) => ({ ...one, state: category })), category, { ...testMessageSettings, ...settings }).map(({ id }) => id).join('');
  assert.is(order({}), 'dbeac');
  assert.is(order({ newOrder: 'lifo' }), 'debca');
  assert.is(order({}, 'old'), 'abcde', 'what was heard is urgent no more');
});

test('the lamp of a member shows the own messages and those of the group', () => {
  const counts = (newMessages: number, urgentNew: number) => ({ newMessages, oldMessages: 1, urgentNew, urgentOld: 0 });
  assert.equal(togetherCounts(counts(1, 0), [counts(2, 1), counts(3, 1)]), { newMessages: 6, oldMessages: 3, urgentNew: 2, urgentOld: 0 });
});

test('a cleared mailbox has no messages and no greetings, and its PIN', async () => {
  const storage = new SimStorage({});
  const { store } = makeStore(storage);
  await store.open();
  await leave(store, '201', chunksOf(1, 1));
  const { id } = await leave(store, '201', chunksOf(2, 1));
  await store.mark('201', id, 'deleted');
  await store.owners.change('201', (record) => ({ ...record, pin: { salt: 'AA==', hash: 'AA==', cost: 2 } }));
  for (const kind of ['greeting', 'busy'] as const) {
    const writer = await store.greetings.begin('201', kind, 'PCMU');
    writer.append(chunksOf(3, 1)[0] as Uint8Array, 0);
    await store.greetings.commit('201', kind, await writer.finish('digit'));
  }
  await store.choices.change('201', (choices) => (choices.options = { loopGreeting: true }));
  assert.is(await store.admission('201'), 'announcement');
  assert.equal(await store.clear('201'), { messages: 2, recordings: 2 });
  assert.equal([store.choices.options('201').loopGreeting, await store.admission('201')], [false, 'ok'], 'callers may leave messages again');
  assert.equal([await storage.list('mailboxes/201/cur'), await storage.list('greetings/201')], [[], []]);
  assert.ok(store.owners.read('201')?.pin);
});

test.run();
