import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RecordingTail } from '../../../firmware/mailbox/recording-tail.ts';
import { settle } from '../../../hal/sim/sim-clock.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { audio, factsFor, makeStore, wholeOf } from '../../support/store-fixture.ts';

const id = '01234567-89ab-7cde-8f01-23456789abcd';
const chunk = (nth: number): Uint8Array => audio(3, nth, 4000);
const chunks = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, (_, nth) => chunk(nth)));

async function opened(storage = new SimStorage(), takenFor: string | null = 'ada') {
  const fixture = makeStore(storage, {}, 2, undefined, { takenFor: () => takenFor });
  await fixture.store.open();
  return { storage, ...fixture };
}

test('a copy is written without a sync, and is no recording of this unit until it is adopted', async () => {
  const { storage, store } = await opened();
  let syncs = 0;
  const copy = store.followed.copy(id, factsFor('201'));
  await settle();
  storage.fault = ({ kind }) => (kind === 'data-sync' ? (syncs++, null) : null);
  for (let nth = 0; nth < 4; nth++) assert.ok(copy.append(chunk(nth), 1));
  await settle();
  assert.is(syncs, 0);
  assert.is(copy.bytes, 16_000);
  assert.equal(await storage.list('new'), []);
  const { writer, durable } = store.followed.adopt(copy);
  assert.ok(writer.append(chunk(4), 2), 'it grows at once');
  assert.is(await durable, 16_000);
  assert.equal(await storage.list('new'), [`${id}.rec`]);
  const message = await writer.finish('hang-up');
  assert.equal([message.id, message.takenFor, message.lostPackets, message.interrupted], [id, 'ada', 6, false]);
  assert.equal(Buffer.compare(await wholeOf(await store.reader('201', id)), chunks(5)), 0);
  assert.not(copy.append(chunk(5), 0), 'what was adopted takes nothing more');
});

test('what is adopted and durable survives a power cut as an interrupted message; what was only copied does not', async () => {
  const { storage, store } = await opened();
  const [one, other] = [store.followed.copy(id, factsFor('201')), store.followed.copy(id.replace('0123', '1123'), factsFor('202'))];
  for (let nth = 0; nth < 4; nth++) [one, other].forEach((copy) => copy.append(chunk(nth), 0));
  await store.followed.adopt(one).durable;
  const again = await opened(storage.afterPowerCut(() => 'drop'));
  assert.equal(again.store.list('201').map((message) => [message.id, message.interrupted, message.bytes]), [[id, true, 16_000]]);
  assert.equal(again.store.list('202'), []);
  assert.equal(await again.storage.list('follow'), []);
});

test('a recording that comes back while its older part waits here lies beside it, and the longer one stays', async () => {
  const { storage, store } = await opened();
  const mine = store.followed.copy(id, factsFor('201'));
  mine.append(chunk(0), 0);
  const first = store.followed.adopt(mine);
  await first.durable;
  const back = store.followed.copy(id, factsFor('201'));
  for (let nth = 0; nth < 4; nth++) back.append(chunk(nth), 0);
  const second = store.followed.adopt(back);
  await second.durable;
  assert.equal((await storage.list('new')).sort(), [`${id}.1.rec`, `${id}.rec`]);
  await first.writer.abandon();
  assert.ok(second.writer.append(chunk(4), 0));
  assert.is((await second.writer.finish('hang-up')).bytes, 20_000);
  assert.equal(await storage.list('new'), []);
});

test('the disk refuses a copy: it says so, takes nothing more, and is not adopted', async () => {
  const { storage, store } = await opened();
  const copy = store.followed.copy(id, factsFor('201'));
  await settle();
  storage.fault = ({ kind }) => (kind === 'write' ? 'no-space' : null);
  copy.append(chunk(0), 0);
  await settle();
  assert.is(copy.error?.id, 'no-space');
  assert.not(copy.append(chunk(1), 0));
  storage.fault = null;
  const { writer, durable } = store.followed.adopt(copy);
  assert.is(await durable, null);
  assert.ok(writer.failed);
  assert.not(writer.append(chunk(1), 0));
});

test('a slow disk: so much waits and no more', async () => {
  const { store } = await opened();
  const copy = store.followed.copy(id, factsFor('201'));
  let taken = 0;
  while (copy.append(audio(1, taken, 60_000), 0)) taken++;
  assert.is(taken, 2, '128 KiB');
  await copy.drop();
});

test('a recording in progress is read behind its writer, from any byte, and the end is told from a pause', async () => {
  const { store } = await opened(undefined, null);
  const writer = await store.begin(factsFor('201'));
  writer.append(chunk(0), 3);
  writer.append(chunk(1), 0);
  await store.close();
  const tail = store.followed.tail(writer.id, 1000) as RecordingTail;
  const first = await tail.read(10);
  assert.equal(first?.map(({ offset, bytes, lostPackets }) => [offset, bytes.length, lostPackets]), [[1000, 3000, 3], [4000, 4000, 0]]);
  assert.equal(Buffer.compare(Buffer.concat(first?.map(({ bytes }) => bytes) ?? []), chunks(2).subarray(1000)), 0);
  assert.equal(await tail.read(10), [], 'no more for now');
  writer.append(chunk(2), 0);
  await store.close();
  assert.equal((await tail.read(10))?.map(({ offset }) => offset), [8000]);
  await writer.finish('hang-up');
  assert.is(await tail.read(10), null, 'it is over');
  assert.is(store.followed.tail(writer.id, 0), null);
});

test('a recording that is cut off is delivered as interrupted', async () => {
  const { store } = await opened(undefined, null);
  const writer = await store.begin(factsFor('201'));
  for (let nth = 0; nth < 3; nth++) writer.append(chunk(nth), 0);
  const message = await writer.cutOff('moved');
  assert.equal([message.interrupted, message.bytes], [true, 12_000]);
});

test.run();
