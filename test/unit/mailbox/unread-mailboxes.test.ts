// Mailboxes whose files the disk does not give, among others; and how few are opened.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileMessageStore } from '../../../firmware/mailbox/file-message-store.ts';
import type { Message } from '../../../firmware/mailbox/message.ts';
import { shelfOf } from '../../../firmware/mailbox/message-mirror.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import type { SimOperation } from '../../../hal/sim/sim-operation.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { chunksOf, leave, makeStore } from '../../support/store-fixture.ts';

const numbers = Array.from({ length: 12 }, (_, nth) => String(201 + nth));
const room = { atStart: 2, mailboxes: 3, messages: 1000 };
const hourMs = 3_600_000;

async function started(storage: SimStorage, clock = new SimClock(), takenFor: string | null = null): Promise<FileMessageStore> {
  const { store } = makeStore(storage, {}, 1, clock, { room, mailboxes: () => numbers, takenFor: () => takenFor });
  await store.open();
  return store;
}

/** A message in each of `mailboxes`. */
async function left(store: FileMessageStore, mailboxes: readonly string[] = numbers): Promise<Message[]> {
  const messages: Message[] = [];
  for (const mailbox of mailboxes) messages.push(await leave(store, mailbox, chunksOf(1, 1)));
  return messages;
}

const failing = (number: string) => ({ path }: SimOperation) => (path.startsWith(`mailboxes/${number}/`) ? 'io' as const : null);
const failureOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => null, (error: unknown) => error);

test('housekeeping goes on behind a mailbox that cannot be opened, and reports it', async () => {
  const [storage, clock] = [new SimStorage({}), new SimClock()];
  const store = await started(storage, clock);
  for (const { mailbox, id } of await left(store, ['201', '203', '211'])) await store.mark(mailbox, id, 'deleted');
  await store.close();
  const again = await started(storage, clock);
  await clock.advance(25 * hourMs);
  storage.fault = failing('201');
  const failure = await failureOf(again.housekeep());
  assert.ok(failure instanceof HalError && failure.id === 'io' && failure.message.includes('mailbox 201'), String(failure));
  assert.equal(['201', '203', '211'].map((number) => again.counts(number).deleted), [1, 0, 0]);
  storage.fault = null;
  assert.equal([await again.housekeep(), again.counts('201').deleted], [1, 0]);
});

test('what was taken for another unit, and a message by its id, is found behind a mailbox that cannot be opened; that one is told of when there is nothing else', async () => {
  const storage = new SimStorage({});
  const store = await started(storage, new SimClock(), 'ada');
  const messages = await left(store, ['201', '211', '201', ...numbers]);
  await store.close();
  const again = await started(storage, new SimClock(), 'ada');
  storage.fault = failing('201');
  const [oldest, second, third] = messages;
  assert.is((await again.transfer.oldestTaken('blaise', ''))?.id, second?.id);
  assert.is((await again.transfer.findAnywhere(second?.id ?? ''))?.mailbox, '211');
  const none = await failureOf(again.transfer.findAnywhere(third?.id ?? ''));
  assert.ok(none instanceof HalError && none.id === 'io');
  for (const { mailbox, id } of messages.filter(({ mailbox }) => mailbox !== '201')) await again.purge(mailbox, id);
  const failure = await failureOf(again.transfer.oldestTaken('blaise', ''));
  assert.ok(failure instanceof HalError && failure.message.includes('mailbox 201'), String(failure));
  storage.fault = null;
  assert.is((await again.transfer.oldestTaken('blaise', ''))?.id, oldest?.id);
});

test('a shelf tells which of its mailboxes cannot be read, and the sums of all others', async () => {
  const storage = new SimStorage({});
  const store = await started(storage);
  await left(store);
  for (const number of numbers) await store.mirror.sumOfShelf(shelfOf(number));
  const before = await store.mirror.shelf(shelfOf('202'));
  // A message more, and nobody has asked for the sum since.
  await leave(store, '202', chunksOf(1, 1));
  await store.close();
  const again = await started(storage);
  storage.fault = failing('202');
  assert.equal([await again.mirror.shelf(shelfOf('202')), await again.mirror.sumOfShelf(shelfOf('202'))], [before.map(([number, sum]) => [number, number === '202' ? null : sum]), null]);
  storage.fault = null;
  assert.match((await again.mirror.sumOfShelf(shelfOf('202'))) ?? '', /^[0-9a-f]{16}$/);
});

test('each message that goes home costs a look into one mailbox, however many others there are', async () => {
  const storage = new SimStorage({});
  const store = await started(storage, new SimClock(), 'ada');
  const messages = await left(store, [...numbers].reverse());
  await store.close();
  const again = await started(storage);
  const opened: string[] = [];
  storage.fault = ({ kind, path }) => {
    const number = /^mailboxes\/(\d+)\/cur$/.exec(path)?.[1];
    if (kind === 'list' && number !== undefined) opened.push(number);
    return null;
  };
  const found: (string | undefined)[] = [];
  for (let count = 0; count < messages.length; count++) {
    const oldest = await again.transfer.oldestTaken('blaise', '');
    found.push(oldest?.id);
    assert.is(await again.transfer.release(oldest?.mailbox ?? '', oldest?.id ?? '', 'new'), 'gone');
  }
  assert.equal(found, messages.map(({ id }) => id));
  assert.is(opened.length, numbers.length, opened.join());
  assert.is(await again.transfer.oldestTaken('blaise', ''), null);
});

test.run();
