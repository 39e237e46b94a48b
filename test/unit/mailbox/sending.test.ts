import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileMessageStore, FileMessageStoreOptions } from '../../../firmware/mailbox/file-message-store.ts';
import type { Message } from '../../../firmware/mailbox/message.ts';
import type { Sending } from '../../../firmware/mailbox/sending/send-desk.ts';
import { maxWaiting } from '../../../firmware/mailbox/sending/send-desk.ts';
import { recordingId } from '../../../firmware/mailbox/sending/send-job.ts';
import { JoinedAudio } from '../../../firmware/mailbox/sending/joined-audio.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { chunksOf, leave, makeStore, wholeOf } from '../../support/store-fixture.ts';

const hourMs = 3_600_000;

interface World {
  readonly storage: SimStorage;
  readonly store: FileMessageStore;
  readonly clock: SimClock;
}

async function world(more: Partial<FileMessageStoreOptions> = {}, storage = new SimStorage(), clock = new SimClock()): Promise<World> {
  const { store } = makeStore(storage, {}, 3, clock, { mailboxes: () => ['201', '202', '203', '204'], ...more });
  await store.open();
  store.sending.start();
  return { storage, store, clock };
}

async function record(store: FileMessageStore, call: string, tag: number, seconds = 2): Promise<Buffer> {
  const piece = await store.drafts.begin(call, 'PCMU');
  const chunks = chunksOf(tag, seconds);
  for (const chunk of chunks) assert.ok(piece.append(chunk.slice(), 0));
  await piece.finish(seconds * 1000);
  return Buffer.concat(chunks);
}

const sending = (store: FileMessageStore, call: string, recipients: readonly string[], more: Partial<Sending> = {}): Sending => ({
  sender: '201', callerNumber: '201', callerName: 'Ada', recipients, as: 'message', priority: false, private: false, introductionMs: 0, atMs: 0, audio: () => store.drafts.audio(call), ...more,
});

const heard = async (store: FileMessageStore, { mailbox, id }: Message): Promise<Buffer> => wholeOf(await store.reader(mailbox, id));
const only = (store: FileMessageStore, mailbox: string): Message => {
  const found = store.list(mailbox);
  assert.is(found.length, 1, `mailbox ${mailbox} has ${found.length} messages`);
  return found[0] as Message;
};

test('a draft of two pieces comes to three mailboxes, each a recording of its own with its marks', async () => {
  const { store } = await world();
  const spoken = Buffer.concat([await record(store, 'c1', 1), await record(store, 'c1', 2, 1)]);
  assert.is(store.drafts.durationMs('c1'), 3000);
  const { id, fault } = await store.sending.send(sending(store, 'c1', ['202', '203', '204'], { priority: true, private: true }));
  assert.is(fault, null);
  assert.ok(id !== null);
  await store.sending.idle();
  for (const mailbox of ['202', '203', '204']) {
    const message = only(store, mailbox);
    assert.equal([message.sender, message.priority, message.private, message.sentAs, message.durationMs, message.state], ['201', true, true, undefined, 3000, 'new']);
    assert.ok((await heard(store, message)).equals(spoken));
  }
  assert.equal(store.counts('202').urgentNew, 1);
  assert.is(new Set(['202', '203', '204'].map((mailbox) => only(store, mailbox).id)).size, 3);
  assert.is(store.sending.size, 0);
});

test('nothing of a sending stays on the disk once it is delivered and the call is over', async () => {
  const { store, storage } = await world();
  await record(store, 'c1', 1);
  await store.sending.send(sending(store, 'c1', ['202']));
  await store.sending.idle();
  await store.drafts.drop('c1');
  assert.equal(await storage.list('sends'), []);
  assert.equal(await storage.list('drafts'), []);
});

test('a message is forwarded behind its introduction, in one codec', async () => {
  const { store, storage } = await world();
  const original = await leave(store, '202', chunksOf(5, 3));
  await record(store, 'c1', 6, 1);
  const pieces = store.drafts.piecesOf('c1').map(({ path, trailer }) => ({ path, bytes: trailer.keepBytes }));
  const audio = async () => JoinedAudio.open(storage, pieces, await store.reader('202', original.id));
  await store.sending.send(sending(store, 'c1', ['203'], { as: 'forwarded', sender: '202', introductionMs: 1000, audio }));
  await store.sending.idle();
  const message = only(store, '203');
  assert.equal([message.sentAs, message.introductionMs, message.durationMs, message.sender], ['forwarded', 1000, 4000, '202']);
  assert.is(only(store, '202').id, original.id, 'the original stays');
});

test('future-delivery: it waits, can be cancelled, and survives a restart and a clock that steps', async () => {
  const { store, storage, clock } = await world();
  await record(store, 'c1', 1);
  const atMs = clock.wall() + 5 * hourMs;
  const first = await store.sending.send(sending(store, 'c1', ['202', '203'], { atMs }));
  const second = await store.sending.send(sending(store, 'c1', ['203'], { atMs: atMs + hourMs }));
  assert.equal(store.sending.waiting('201').map(({ id }) => id), [first.id, second.id]);
  assert.equal(store.sending.waiting('202'), []);
  assert.is(await store.sending.cancel('202', second.id as string), false, 'only its sender may');
  assert.is(await store.sending.cancel('201', second.id as string), true);
  await clock.advance(2 * hourMs);
  assert.equal(store.list('202'), []);
  await store.sending.stop();
  const again = await world({}, storage, clock);
  assert.is(again.store.sending.size, 1);
  clock.stepWall(4 * hourMs);
  await clock.advance(61_000);
  await again.store.sending.idle();
  assert.is(only(again.store, '202').startedMs, atMs);
  assert.is(only(again.store, '203').startedMs, atMs);
  assert.is(await again.store.sending.cancel('201', first.id as string), false);
  assert.equal(await storage.list('sends'), []);
});

test('a time that lies behind or years ahead is refused, and so is the one too many', async () => {
  const { store, clock } = await world();
  await record(store, 'c1', 1, 1);
  const at = async (atMs: number) => (await store.sending.send(sending(store, 'c1', ['202'], { atMs }))).fault;
  assert.is(await at(clock.wall() - 1), 'past');
  assert.is(await at(clock.wall() + 400 * 24 * hourMs), 'past');
  for (let count = 0; count < maxWaiting; count++) assert.is(await at(clock.wall() + hourMs), null);
  assert.is(await at(clock.wall() + hourMs), 'too-many');
  assert.is((await store.sending.send(sending(store, 'none', ['202']))).fault, 'no-content');
});

test('mailbox-went-meanwhile: its message comes back to the sender, and says for whom it was', async () => {
  let closed = '';
  const { store, clock } = await world({ limits: (mailbox) => ({ disabled: mailbox === closed, quotaSec: null }) });
  await record(store, 'c1', 1, 1);
  await store.sending.send(sending(store, 'c1', ['202', '203'], { atMs: clock.wall() + hourMs }));
  closed = '203';
  await clock.advance(hourMs + 60_000);
  await store.sending.idle();
  assert.is(only(store, '202').sentAs, undefined);
  assert.equal(store.list('203'), []);
  const returned = only(store, '201');
  assert.equal([returned.sentAs, returned.notFor], ['undelivered', ['203']]);
  assert.is(store.sending.size, 0);
});

test('a mailbox that only an outdated summary calls full gets its message', async () => {
  const storage = new SimStorage();
  const more = { room: { atStart: 2, mailboxes: 8, messages: 100 }, limits: () => ({ disabled: false, quotaSec: 3 }) };
  const before = await world(more, storage);
  const kept = await leave(before.store, '202', chunksOf(1, 3));
  assert.is(await before.store.intake.closed('202'), 'mailbox-full');
  for (const mailbox of ['203', '204']) await leave(before.store, mailbox, chunksOf(2, 1));
  await before.store.sending.stop();
  await before.store.close();
  await storage.remove(`mailboxes/202/cur/${kept.id}.new.rec`);
  const { store } = await world(more, storage);
  assert.is(store.counts('202').new, 1, 'the summary is believed');
  await record(store, 'c1', 3);
  await store.sending.send(sending(store, 'c1', ['202']));
  await store.sending.idle();
  assert.is(only(store, '202').sender, '201');
});

test('a mailbox that the summary does not know to be full takes no more than it may', async () => {
  const storage = new SimStorage();
  const more = { room: { atStart: 2, mailboxes: 8, messages: 100 }, limits: () => ({ disabled: false, quotaSec: 3 }) };
  const before = await world(more, storage);
  for (const mailbox of ['202', '203', '204']) await leave(before.store, mailbox, chunksOf(2, 2));
  const kept = await leave(before.store, '202', chunksOf(1, 2));
  await before.store.sending.stop();
  await before.store.mark('202', kept.id, 'deleted');
  await before.store.close();
  await storage.rename(`mailboxes/202/cur/${(await storage.list('mailboxes/202/cur')).find((name) => name.startsWith(kept.id))}`, `mailboxes/202/cur/${kept.id}.new.rec`);
  const { store } = await world(more, storage);
  await record(store, 'c1', 3);
  assert.is(await store.intake.closed('202'), null);
  await store.sending.send(sending(store, 'c1', ['202']));
  await store.sending.idle();
  assert.equal([store.counts('202').new, only(store, '201').sentAs], [2, 'undelivered']);
});

test('disk-full: nothing is taken that could not be delivered', async () => {
  const { store } = await world({}, new SimStorage({ totalBytes: 3 * 1024 * 1024 }));
  await record(store, 'c1', 1, 5);
  assert.is((await store.sending.send(sending(store, 'c1', Array.from({ length: 300 }, () => '202')))).fault, 'store-full');
});

test('disk-refuses-for-a-while: delivery is tried again, and nobody gets it twice', async () => {
  const { store, storage, clock } = await world();
  await record(store, 'c1', 1, 1);
  let refusals = 0;
  storage.fault = ({ kind, path }) => (kind === 'sync-directory' && path.endsWith('/cur') && refusals++ === 1 ? 'io' : null);
  await store.sending.send(sending(store, 'c1', ['202', '203', '204']));
  await store.sending.idle();
  storage.fault = null;
  assert.ok(refusals > 1, 'the disk did refuse');
  await clock.advance(61_000);
  await store.sending.idle();
  for (const mailbox of ['202', '203', '204']) only(store, mailbox);
  assert.is(store.sending.size, 0);
});

test('two thousand recipients: a broadcast takes one document of less than 100 KiB', async () => {
  const numbers = Array.from({ length: 2000 }, (_, at) => String(100000000000000 + at));
  const { store, storage } = await world({ mailboxes: () => ['201', ...numbers] });
  await record(store, 'c1', 1, 1);
  await store.sending.stop();
  const { fault } = await store.sending.send(sending(store, 'c1', numbers, { as: 'broadcast' }));
  assert.is(fault, null);
  const slots = (await storage.list('sends')).filter((name) => /\.[ab]$/.test(name));
  for (const name of slots) assert.ok(((await storage.stat(`sends/${name}`))?.bytes ?? 0) < 100 * 1024);
});

test('ids of recordings follow from the sending: the same again, none twice, each a UUIDv7 of its time', () => {
  const base = '0192a000-1234-7abc-8123-0123456789ab';
  const ids = Array.from({ length: 2000 }, (_, place) => recordingId(base, '201', place));
  assert.is(new Set(ids).size, 2000);
  for (const id of ids) assert.match(id, /^0192a000-1234-7abc-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.is(recordingId(base, '201', 7), ids[7]);
});

test.run();
