import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GreetingKind } from '../../../firmware/mailbox/owner-choices.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { chunksOf, leave, makeStore, wholeOf } from '../../support/store-fixture.ts';

/** `seed`: another one gives recordings other ids. */
async function opened(storage = new SimStorage(), seed = 1) {
  const { store, log } = makeStore(storage, {}, seed);
  await store.open();
  return { storage, log, store, greetings: store.greetings };
}

type Opened = Awaited<ReturnType<typeof opened>>;

async function recorded({ greetings }: Opened, tag: number, kind: GreetingKind = 'greeting') {
  const writer = await greetings.begin('201', kind, 'PCMA');
  for (const chunk of chunksOf(tag, 2)) writer.append(chunk, 0);
  return writer.finish('digit');
}

async function heard({ greetings }: Opened, kind: GreetingKind = 'greeting'): Promise<Buffer | null> {
  const current = greetings.current('201', kind);
  return current === null ? null : wholeOf(await greetings.reader('201', kind, current));
}

test('recorded, then put in force, then replaced; the old file goes', async () => {
  const unit = await opened();
  const first = await recorded(unit, 1);
  assert.equal([first.codec, first.bytes, first.durationMs], ['PCMA', 16_000, 2000]);
  assert.is(await heard(unit), null, 'not in force before commit');
  await unit.greetings.commit('201', 'greeting', first);
  assert.ok((await heard(unit))?.equals(Buffer.concat(chunksOf(1, 2))));
  await unit.greetings.commit('201', 'greeting', await recorded(unit, 2));
  assert.is((await unit.storage.list('greetings/201')).length, 1);
  const again = await opened(unit.storage.afterPowerCut(() => 'drop'));
  assert.ok((await heard(again))?.equals(Buffer.concat(chunksOf(2, 2))));
});

test('greeting and name are apart; removing one leaves the other', async () => {
  const unit = await opened();
  await unit.greetings.commit('201', 'greeting', await recorded(unit, 1));
  await unit.greetings.commit('201', 'name', await recorded(unit, 2, 'name'));
  await unit.greetings.remove('201', 'greeting');
  assert.is(await heard(unit), null);
  assert.ok((await heard(unit, 'name'))?.equals(Buffer.concat(chunksOf(2, 2))));
  assert.is((await unit.storage.list('greetings/201')).length, 1);
});

test('what was never put in force is gone after a restart, running or finished', async () => {
  const unit = await opened();
  await unit.greetings.commit('201', 'greeting', await recorded(unit, 1));
  await recorded(unit, 2);
  const running = await unit.greetings.begin('201', 'greeting', 'PCMU');
  running.append(chunksOf(3, 1)[0] as Uint8Array, 0);
  const again = await opened(unit.storage.afterPowerCut(() => 'keep'));
  assert.is((await again.storage.list('greetings/201')).length, 1);
  assert.ok((await heard(again))?.equals(Buffer.concat(chunksOf(1, 2))));
});

test('discard removes what is not in force, and never what is', async () => {
  const unit = await opened();
  const first = await recorded(unit, 1);
  await unit.greetings.commit('201', 'greeting', first);
  const second = await recorded(unit, 2);
  await unit.greetings.discard('201', 'greeting', first.id);
  await unit.greetings.discard('201', 'greeting', second.id);
  assert.is((await unit.storage.list('greetings/201')).length, 1);
  assert.is((await heard(unit))?.length, 16_000);
});

test('a greeting that the disk cut short is refused, and the old one stays', async () => {
  const unit = await opened();
  await unit.greetings.commit('201', 'greeting', await recorded(unit, 1));
  const writer = await unit.greetings.begin('201', 'greeting', 'PCMU');
  unit.storage.fault = ({ kind }) => (kind === 'data-sync' ? 'io' : null);
  writer.append(chunksOf(2, 1)[0] as Uint8Array, 0);
  await assertRefused(writer.finish('digit'));
  unit.storage.fault = null;
  assert.ok((await heard(unit))?.equals(Buffer.concat(chunksOf(1, 2))));
});

test('a lost greeting file is told at start', async () => {
  const unit = await opened();
  const first = await recorded(unit, 1);
  await unit.greetings.commit('201', 'greeting', first);
  await unit.storage.remove(`greetings/201/greeting-${first.id}.rec`);
  assert.ok((await opened(unit.storage)).log.has('greeting-missing'));
});

test('owner records live in the mailbox document beside the greeting', async () => {
  const unit = await opened();
  await unit.greetings.commit('201', 'greeting', await recorded(unit, 1));
  assert.is(unit.store.owners.read('999'), null);
  assert.is(unit.store.owners.read('202')?.pin, null);
  await unit.store.owners.change('201', (record) => ({ ...record, pin: { salt: 's', hash: 'h', cost: 2 }, wrongTries: 3 }));
  const again = await opened(unit.storage.afterPowerCut(() => 'drop'));
  const owner = again.store.owners.read('201');
  assert.equal([owner?.pin?.hash, owner?.wrongTries], ['h', 3]);
  assert.is((await heard(again))?.length, 16_000);
});

for (const [document, kind] of [['mailbox', 'greeting'], ['choices', 'busy']] as const) {
  test(`while a ${document} document that was set aside lies there, nothing that it may name is removed; mended by hand, the recording is in force again`, async () => {
    const unit = await opened();
    await unit.greetings.commit('201', kind, await recorded(unit, 1, kind));
    const slots = (await unit.storage.list('mailboxes/201')).filter((name) => name.startsWith(`${document}.`));
    unit.storage.fault = ({ kind: operation, path }) => (operation === 'open' && path.startsWith(`mailboxes/201/${document}.`) ? 'io' : null);
    const unread = await opened(unit.storage, 2);
    unit.storage.fault = null;
    assert.equal([await heard(unread, kind), unread.log.has('document-damaged'), unread.log.has('greetings-kept')], [null, true, true]);

    // Neither does a later start, nor one after the owner has recorded another.
    await unread.greetings.commit('201', kind, await recorded(unread, 2, kind));
    const later = await opened(unit.storage.afterPowerCut(() => 'drop'));
    assert.is((await later.storage.list('greetings/201')).length, 2);
    assert.ok((await heard(later, kind))?.equals(Buffer.concat(chunksOf(2, 2))));

    for (const name of await later.storage.list('mailboxes/201')) if (name.startsWith(`${document}.`) && !name.endsWith('.damaged')) await later.storage.remove(`mailboxes/201/${name}`);
    for (const slot of slots) await later.storage.rename(`mailboxes/201/${slot}.damaged`, `mailboxes/201/${slot}`);
    const mended = await opened(later.storage);
    assert.ok((await heard(mended, kind))?.equals(Buffer.concat(chunksOf(1, 2))));
    assert.is((await mended.storage.list('greetings/201')).length, 1, 'and what is not in force goes');
  });
}

test('where the disk does not tell whether a document was set aside, nothing is removed and the unit starts', async () => {
  const unit = await opened();
  await unit.greetings.commit('201', 'greeting', await recorded(unit, 1));
  await recorded(unit, 2);
  unit.storage.fault = ({ path }) => (path.endsWith('.damaged') ? 'io' : null);
  const again = await opened(unit.storage);
  unit.storage.fault = null;
  assert.equal([(await again.storage.list('greetings/201')).length, again.log.has('greetings-kept')], [2, true]);
  assert.is((await (await opened(unit.storage)).storage.list('greetings/201')).length, 1);
});

test('an index that was set aside names no greetings: what is not in force goes', async () => {
  const unit = await opened();
  await unit.greetings.commit('201', 'greeting', await recorded(unit, 1));
  await recorded(unit, 2);
  await leave(unit.store, '201', chunksOf(3, 1));
  for (const name of await unit.storage.list('mailboxes/201')) if (name.startsWith('index.')) unit.storage.flipBit(`mailboxes/201/${name}`, 8 * 40);
  const again = await opened(unit.storage);
  assert.equal([(await again.storage.list('greetings/201')).length, again.log.has('document-damaged')], [1, true]);
});

async function assertRefused(work: Promise<unknown>): Promise<void> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  assert.instance(error, HalError);
}

test.run();
