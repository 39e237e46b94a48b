// Mailboxes that are shut and opened again, and the summary that a stop in good order leaves.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32c } from '../../../firmware/mailbox/crc32c.ts';
import { openDocument } from '../../../firmware/mailbox/document.ts';
import type { FileMessageStore } from '../../../firmware/mailbox/file-message-store.ts';
import { checkMailboxState, newMailboxState } from '../../../firmware/mailbox/mailbox-state.ts';
import { mostBehind, saveAgainMs } from '../../../firmware/mailbox/unsaved-mailboxes.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import type { SimOperation } from '../../../hal/sim/sim-operation.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import type { StoreFixture } from '../../support/store-fixture.ts';
import { chunksOf, leave, makeStore, plainFigures, wholeOf } from '../../support/store-fixture.ts';

const numbers = Array.from({ length: 12 }, (_, nth) => String(201 + nth));
const room = { atStart: 2, mailboxes: 3, messages: 1000 };
const hourMs = 3_600_000;

const small = (storage: SimStorage, clock = new SimClock(), seed = 1): StoreFixture => makeStore(storage, {}, seed, clock, { room, mailboxes: () => numbers });

/** A message in each mailbox, of which 202's was heard and 203's deleted; 204 has a PIN, 205 a greeting, 206 an option. */
async function filled(storage: SimStorage, clock = new SimClock()): Promise<{ store: FileMessageStore; ids: ReadonlyMap<string, string> }> {
  const { store } = small(storage, clock);
  await store.open();
  const ids = new Map<string, string>();
  for (const number of numbers) ids.set(number, (await leave(store, number, chunksOf(Number(number), 1))).id);
  await store.mark('202', ids.get('202') ?? '', 'old');
  await store.mark('203', ids.get('203') ?? '', 'deleted');
  await store.owners.change('204', (owner) => ({ ...owner, pin: { salt: 'c2FsdA==', hash: 'aGFzaA==', cost: 2 } }));
  const greeting = await store.greetings.begin('205', 'greeting', 'PCMU');
  greeting.append(new Uint8Array(8000), 0);
  await store.greetings.commit('205', 'greeting', await greeting.finish('digit'));
  await store.choices.change('206', (choices) => (choices.options = { takesCalls: false }));
  return { store, ids };
}

const known = (store: FileMessageStore): unknown => numbers.map((number) => [plainFigures(store.figures(number)), store.owners.storedRecord(number), store.greetings.current(number, 'greeting'), store.choices.options(number)]);
const openOnes = (store: FileMessageStore): string[] => numbers.filter((number) => store.isOpen(number));

/** What was read of mailboxes, by number. */
function watchReads(storage: SimStorage): Set<string> {
  const read = new Set<string>();
  storage.fault = ({ kind, path }: SimOperation) => {
    const number = /^mailboxes\/(\d+)/.exec(path)?.[1];
    if (number !== undefined && (kind === 'open' || kind === 'list')) read.add(number);
    return null;
  };
  return read;
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('only the last ones used stay in memory, and all is known of the others that anybody asks without a message', async () => {
  const { store, ids } = await filled(new SimStorage({}));
  await turns();
  assert.ok(openOnes(store).length <= room.mailboxes, openOnes(store).join());
  assert.equal(store.counts('202'), { new: 0, old: 1, saved: 0, deleted: 0, usedMs: 1000 });
  assert.is(store.owners.read('204')?.pin?.hash, 'aGFzaA==');
  assert.is(store.greetings.current('205', 'greeting')?.bytes, 8000);
  assert.equal([store.choices.options('206').takesCalls, store.numbers().length], [false, 12]);
  assert.throws(() => store.list('202'), (error: unknown) => error instanceof HalError && error.id === 'busy');
  assert.equal((await store.messages('202')).map(({ id, state }) => [id, state]), [[ids.get('202'), 'old']]);
  assert.is((await wholeOf(await store.reader('203', ids.get('203') ?? ''))).length, 8000);
});

test('memory also ends at a number of messages', async () => {
  const { store } = makeStore(new SimStorage({}), {}, 1, new SimClock(), { room: { atStart: 2, mailboxes: 100, messages: 4 }, mailboxes: () => numbers });
  await store.open();
  for (const number of numbers) for (const tag of [1, 2]) await leave(store, number, chunksOf(tag, 1));
  await turns();
  assert.is(openOnes(store).length, 2);
});

test('a mailbox that is used stays open, however many are', async () => {
  const { store } = await filled(new SimStorage({}));
  const all = await Promise.all(numbers.map((number) => store.messages(number, true)));
  assert.equal(all.map(({ length }) => length), numbers.map(() => 1));
  await Promise.all(numbers.flatMap((number) => [store.mark(number, all[numbers.indexOf(number)]?.[0]?.id ?? '', 'saved'), store.choices.change(number, (choices) => (choices.options = { loopGreeting: true }))]));
  await turns();
  assert.equal(numbers.map((number) => [store.counts(number).saved, store.choices.options(number).loopGreeting]), numbers.map(() => [1, true]));
});

test('after a stop in good order a start reads no mailbox, and knows the same', async () => {
  const storage = new SimStorage({});
  const { store, ids } = await filled(storage);
  const before = known(store);
  await store.close();
  const read = watchReads(storage);
  const { store: again } = small(storage);
  const { messages, damaged, rebuilt } = await again.open();
  assert.equal([[...read], messages, damaged, rebuilt], [[], 12, [], []]);
  assert.equal(known(again), before);
  assert.is((await again.messages('207'))[0]?.id, ids.get('207'));
  assert.equal([...read], ['207']);
});

test('a start that has to look at many says how far it is', async () => {
  const storage = new SimStorage({});
  const { store } = await filled(storage);
  await store.close();
  await storage.remove('summary');
  const clock = new SimClock();
  const { store: again, log } = small(storage, clock);
  storage.fault = ({ kind, path }) => {
    if (kind === 'list' && path.startsWith('mailboxes/')) clock.rush(500);
    return null;
  };
  await again.open();
  const told = log.events.filter(({ event }) => event === 'mailboxes-looked-at').map(({ text }) => /(\d+) of (\d+) so far/.exec(text)?.slice(1).map(Number));
  assert.ok(told.length >= 2, String(told.length));
  assert.ok(told.every((one) => one !== undefined && (one[0] ?? 0) <= 12 && one[1] === 12), JSON.stringify(told));
});

test('a log of changes that is missing, or damaged where it was written whole, makes the summary count for nothing; a torn end is of changes that never began', async () => {
  const wrongAt = (wrong: (bytes: Buffer) => number) => (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === wrong(bytes) ? byte ^ 1 : byte)));
  for (const [spoil, looked] of [
    [wrongAt(() => 1), numbers.length], [wrongAt((bytes) => bytes.length - 2), numbers.length], [null, numbers.length], [(bytes: Buffer) => bytes.subarray(0, bytes.length - 3), 1],
  ] as const) {
    const storage = new SimStorage({});
    const { store, ids } = await filled(storage);
    await store.close();
    const { store: again } = small(storage, new SimClock(), 2);
    await again.open();
    await again.mark('201', ids.get('201') ?? '', 'old');
    await again.mark('202', ids.get('202') ?? '', 'saved');
    const log = (await storage.list('')).find((name) => name.endsWith('.changed')) ?? '';
    await (spoil === null ? storage.remove(log) : rewrite(storage, log, spoil));
    const read = watchReads(storage);
    await small(storage, new SimClock(), 3).store.open();
    assert.is(read.size, looked);
  }
});

test('a greeting that was being recorded when the power went is found, in a mailbox that has not changed otherwise', async () => {
  const storage = new SimStorage({});
  const { store } = await filled(storage);
  await store.close();
  const { store: again } = small(storage, new SimClock(), 2);
  await again.open();
  const writer = await again.greetings.begin('211', 'greeting', 'PCMU');
  writer.append(new Uint8Array(8000), 0);
  await writer.idle();
  assert.is((await storage.list('greetings/211')).length, 1);
  await small(storage, new SimClock(), 3).store.open();
  assert.equal(await storage.list('greetings/211'), []);
});

test('the first change of a mailbox is noted beside the summary, durably, before anything else; when the unit is killed, that one is looked at', async () => {
  const storage = new SimStorage({});
  const { store, ids } = await filled(storage);
  await store.close();
  const { store: second } = small(storage);
  await second.open();
  const changes: string[] = [];
  storage.fault = ({ kind, path }) => {
    if (!['open', 'read', 'list', 'stat', 'space'].includes(kind)) changes.push(`${kind} ${path}`);
    return null;
  };
  await second.mark('201', ids.get('201') ?? '', 'old');
  assert.equal(changes.slice(0, 4).map((change) => change.replace(/-[0-9a-f]{16}/, '')), ['truncate summary.changed', 'write summary.changed', 'data-sync summary.changed', 'sync-directory ']);
  const read = watchReads(storage);
  const { store: third } = small(storage);
  await third.open();
  assert.equal([[...read], third.counts('201').old], [['201'], 1]);
  read.clear();
  await small(storage, new SimClock(), 3).store.open();
  assert.equal([...read], [], 'what it has seen it need not look at again');
});

test('a start that is cut off while it looks at what had changed does not make the next one look at all', async () => {
  const storage = new SimStorage({});
  const { store, ids } = await filled(storage);
  await store.close();
  const { store: again } = small(storage, new SimClock(), 2);
  await again.open();
  await again.mark('201', ids.get('201') ?? '', 'old');
  // Its index is made anew at the next start, which changes a mailbox, and then cannot write a summary.
  for (const slot of ['index.a', 'index.b']) if ((await storage.stat(`mailboxes/201/${slot}`)) !== null) await storage.remove(`mailboxes/201/${slot}`);
  storage.fault = ({ kind, path }) => (kind === 'create' && path === 'summary.fresh' ? 'power-cut' : null);
  const { store: third } = small(storage, new SimClock(), 3);
  await Promise.race([third.open(), storage.powerLost]);
  const left = storage.afterPowerCut(() => 'keep', {});
  const read = watchReads(left);
  await small(left, new SimClock(), 4).store.open();
  assert.equal([...read], ['201']);
});

test('where changes cannot be noted the summary goes; where that cannot be either, no mailbox changes', async () => {
  const storage = new SimStorage({});
  const { store, ids } = await filled(storage);
  await store.close();
  const { store: again } = small(storage, new SimClock(), 2);
  await again.open();
  storage.fault = ({ kind, path }) => ((kind === 'remove' && path === 'summary') || (kind === 'write' && path.endsWith('.changed')) ? 'io' : null);
  const refused = await again.mark('201', ids.get('201') ?? '', 'old').then(() => null, (error: unknown) => error);
  assert.ok(refused instanceof HalError && refused.id === 'io');
  storage.fault = ({ kind, path }) => (kind === 'write' && path.endsWith('.changed') ? 'no-space' : null);
  await again.mark('201', ids.get('201') ?? '', 'saved');
  assert.equal([await storage.stat('summary'), again.counts('201').saved], [null, 1]);
  const read = watchReads(storage);
  await small(storage, new SimClock(), 3).store.open();
  assert.is(read.size, numbers.length);
});

for (const [what, spoil] of [
  ['a bit of it is another', (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)))],
  ['its end is missing', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
  ['it is empty', () => Buffer.alloc(0)],
  ['the form is another version\'s', () => withSum('{"form":1,"id":"0123456789abcdef","mailboxes":0}\n')],
  ['some lines are missing', () => withSum('{"form":2,"id":"0123456789abcdef","mailboxes":1}\n')],
] as const) {
  test(`a summary of which ${what} is as good as none`, async () => {
    const storage = new SimStorage({});
    const { store } = await filled(storage);
    const before = known(store);
    await store.close();
    await rewrite(storage, 'summary', spoil);
    const read = watchReads(storage);
    const { store: again } = small(storage);
    await again.open();
    assert.equal([read.size, known(again)], [numbers.length, before]);
  });
}

test('what was changed by hand while the unit was stopped is found by the first housekeeping, or by whoever opens the mailbox', async () => {
  const storage = new SimStorage({});
  const { store, ids } = await filled(storage);
  await store.close();
  for (const number of ['208', '209']) await storage.rename(`mailboxes/${number}/cur/${ids.get(number)}.new.rec`, `mailboxes/${number}/cur/${ids.get(number)}.saved.rec`);
  await storage.makeDirectory('mailboxes/299/cur');
  const { store: again, log } = small(storage);
  const told: string[] = [];
  again.changed = (mailbox) => void told.push(mailbox);
  await again.open();
  assert.equal([again.counts('208').new, again.numbers().includes('299')], [1, true]);
  assert.equal((await again.messages('208')).map(({ state }) => state), ['saved']);
  assert.is(again.counts('208').saved, 1);
  const read = watchReads(storage);
  await again.housekeep();
  assert.equal([again.counts('209').saved, [...read], told, log.has('mailbox-differs')], [1, ['209'], ['208', '209'], true]);
});

test('an owner who was changed by hand while the unit was stopped is told to who believed the summary', async () => {
  const storage = new SimStorage({});
  const { store } = await filled(storage);
  await store.close();
  const document = await openDocument(storage, 'mailboxes/204/mailbox', newMailboxState(), checkMailboxState);
  await document.change(({ owner }) => (owner.pin = { salt: 'c2FsdA==', hash: 'b3RoZXI=', cost: 2 }));
  const { store: again, log } = small(storage, new SimClock(), 3);
  await again.open();
  const told = new Set<string>();
  again.owners.changed = (mailbox) => void told.add(`owner ${mailbox}`);
  again.choices.changed = (mailbox) => void told.add(`choices ${mailbox}`);
  again.greetings.changed = (mailbox) => void told.add(`greetings ${mailbox}`);
  assert.is(again.owners.read('204')?.pin?.hash, 'aGFzaA==', 'as the summary says');
  for (const number of numbers) await again.look(number);
  assert.is(again.owners.read('204')?.pin?.hash, 'b3RoZXI=');
  assert.equal([[...told], log.events.filter(({ event }) => event === 'mailbox-differs').length], [['owner 204'], 1], 'of what it has none is told: a loss must not be published');
});

test('opening a mailbox again finds no difference where only the order of what was chosen is another', async () => {
  const { store, log } = small(new SimStorage({}));
  await store.open();
  for (const number of numbers) await store.choices.change(number, (choices) => (choices.options = { loopGreeting: false, takesCalls: false }));
  await turns();
  for (const number of numbers) await store.look(number);
  assert.not(log.has('mailbox-differs'));
  assert.not(log.has('document-rewritten'));
});

test('a mailbox whose folder was removed meanwhile is gone', async () => {
  const storage = new SimStorage({});
  const { store } = await filled(storage);
  await store.close();
  for (const name of await storage.list('mailboxes/210/cur')) await storage.remove(`mailboxes/210/cur/${name}`);
  await storage.remove('mailboxes/210/cur');
  for (const name of await storage.list('mailboxes/210')) await storage.remove(`mailboxes/210/${name}`);
  await storage.remove('mailboxes/210');
  const { store: again } = small(storage);
  await again.open();
  assert.equal([again.numbers().includes('210'), again.counts('210').new, await again.messages('210')], [false, 0, []]);
});

test('a mailbox of which a change failed is not vouched for', async () => {
  const storage = new SimStorage({});
  const { store, ids } = await filled(storage);
  storage.fault = ({ kind, path }) => (kind === 'sync-directory' && path === 'mailboxes/201/cur' ? 'io' : null);
  await store.mark('201', ids.get('201') ?? '', 'old').catch(() => undefined);
  storage.fault = null;
  for (const number of numbers.slice(1)) await store.messages(number);
  await turns();
  await store.close();
  const read = watchReads(storage);
  await small(storage).store.open();
  assert.equal([...read], ['201']);
});

test('a doubt about names outlives shutting and opening, until their folders could be synced', async () => {
  for (const isMended of [false, true]) {
    const storage = new SimStorage({});
    const { store, ids } = await filled(storage);
    storage.fault = ({ kind, path }) => (kind === 'sync-directory' && path === 'mailboxes/201/cur' ? 'io' : null);
    await store.mark('201', ids.get('201') ?? '', 'old').catch(() => undefined);
    for (const number of numbers.slice(1)) await store.messages(number);
    await turns();
    assert.not(store.isOpen('201'));
    if (isMended) storage.fault = null;
    await store.messages('201');
    storage.fault = null;
    await store.close();
    const read = watchReads(storage);
    await small(storage).store.open();
    assert.equal([...read], isMended ? [] : ['201']);
  }
});

test('a mailbox for which a greeting is being recorded while the unit stops is looked at by the next start', async () => {
  for (const [end, left] of [['none', ['211']], ['commit', []], ['abandon', []]] as const) {
    const storage = new SimStorage({});
    const { store } = await filled(storage);
    const writer = await store.greetings.begin('211', 'greeting', 'PCMU');
    writer.append(new Uint8Array(8000), 0);
    await writer.idle();
    if (end === 'commit') await store.greetings.commit('211', 'greeting', await writer.finish('digit'));
    if (end === 'abandon') await writer.abandon();
    await store.close();
    const read = watchReads(storage);
    await small(storage, new SimClock(), 3).store.open();
    assert.equal([[...read], (await storage.list('greetings/211')).length], [left, end === 'commit' ? 1 : 0]);
  }
});

test('an index that cannot be saved keeps its mailbox in memory, up to a number of them, and is not tried at each use', async () => {
  const many = Array.from({ length: mostBehind + 10 }, (_, nth) => String(1000 + nth));
  const [storage, clock] = [new SimStorage({}), new SimClock()];
  const { store } = makeStore(storage, {}, 1, clock, { room, mailboxes: () => many });
  await store.open();
  let tries = 0;
  storage.fault = ({ kind, path }) => {
    if (kind !== 'create' || !/^mailboxes\/\d+\/index/.test(path)) return null;
    tries++;
    return 'no-space';
  };
  for (const number of many) await leave(store, number, chunksOf(1, 1));
  await turns();
  const stay = (): number => many.filter((number) => store.isOpen(number)).length;
  assert.ok(stay() >= mostBehind && stay() <= mostBehind + room.mailboxes, `${stay()}`);
  const before = tries;
  for (let time = 0; time < 10; time++) await store.messages(many.at(0) ?? '');
  await turns();
  assert.ok(tries - before <= room.mailboxes, 'each that comes to leave once, and those that stay not again at once');
  await clock.advance(saveAgainMs);
  storage.fault = null;
  await store.messages(many.at(0) ?? '');
  await turns();
  assert.ok(stay() <= room.mailboxes, `${stay()}`);
});

test('a document that cannot be saved keeps its mailbox in memory, where alone it is', async () => {
  const [storage, clock] = [new SimStorage({}), new SimClock()];
  const { store } = await filled(storage, clock);
  storage.fault = ({ kind, path }) => (kind === 'create' || kind === 'data-sync') && path.startsWith('mailboxes/201/mailbox') ? 'io' : null;
  await store.owners.change('201', (owner) => ({ ...owner, wrongTries: 2 })).catch(() => undefined);
  for (const number of numbers.slice(1)) await store.messages(number);
  await turns();
  assert.equal([store.isOpen('201'), store.owners.read('201')?.wrongTries], [true, 2]);
  storage.fault = null;
  await clock.advance(saveAgainMs);
  for (const number of numbers.slice(1)) await store.messages(number);
  await turns();
  assert.equal([store.isOpen('201'), store.owners.read('201')?.wrongTries], [false, 2]);
});

test('housekeeping opens only mailboxes in which something is due', async () => {
  const [storage, clock] = [new SimStorage({}), new SimClock()];
  const { store, ids } = await filled(storage, clock);
  await store.close();
  const { store: again } = small(storage, clock);
  await again.open();
  await again.housekeep();
  await clock.advance(23 * hourMs);
  const read = watchReads(storage);
  assert.equal([await again.housekeep(), [...read]], [0, []]);
  await clock.advance(2 * hourMs);
  assert.equal([await again.housekeep(), [...read]], [1, ['203']]);
  assert.equal([again.counts('203').deleted, await again.messages('203', true)], [0, []]);
  assert.is(ids.size, 12);
});

test('new ids come after those of mailboxes that are shut', async () => {
  const storage = new SimStorage({});
  const { store, ids } = await filled(storage, new SimClock());
  await store.close();
  const clock = new SimClock();
  clock.stepWall(-365 * 24 * hourMs);
  const { store: again } = small(storage, clock, 2);
  await again.open();
  assert.ok((await leave(again, '201', chunksOf(9, 1))).id > ([...ids.values()].at(-1) ?? ''));
});

test('housekeeping lets the loop turn between slices of mailboxes', async () => {
  const many = Array.from({ length: 600 }, (_, nth) => String(1000 + nth));
  const [storage, clock] = [new SimStorage({}), new SimClock()];
  const { store } = makeStore(storage, {}, 1, clock, { room, mailboxes: () => many });
  await store.open();
  for (const number of many) await store.choices.change(number, (choices) => (choices.options = { takesCalls: true }));
  const pauses = (): number => clock.pending().filter(({ name }) => name === 'store-pause').length;
  let isDone = false;
  const done = store.housekeep().then(() => (isDone = true));
  for (let turn = 0; turn < 1000 && !isDone; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal([isDone, pauses()], [false, 1], 'it waits for the loop');
  while (!isDone) await clock.advance(0);
  await done;
});

test('the log of changes is closed when another takes its place, and when it fails', async () => {
  const storage = new SimStorage({});
  const { store, ids } = await filled(storage);
  await store.close();
  const kept = watchHandles(storage);
  const { store: again } = small(kept.storage, new SimClock(), 2);
  await again.open();
  await again.mark('201', ids.get('201') ?? '', 'old');
  assert.equal(kept.open(), 1);
  await again.close();
  assert.equal(kept.open(), 0, 'replaced');
  storage.fault = ({ kind, path }) => (kind === 'truncate' && path.endsWith('.changed') ? 'io' : null);
  await again.mark('201', ids.get('201') ?? '', 'saved');
  assert.equal(kept.open(), 0, 'never usable');
  storage.fault = null;
  await again.close();
  await again.mark('201', ids.get('201') ?? '', 'old');
  storage.fault = ({ kind, path }) => (kind === 'write' && path.endsWith('.changed') ? 'io' : null);
  await again.mark('202', ids.get('202') ?? '', 'saved');
  assert.equal(kept.open(), 0, 'failed');
});

/** How many files whose name ends in `.changed` are open. */
function watchHandles(storage: SimStorage): { readonly storage: SimStorage; open(): number } {
  let count = 0;
  const open = storage.open.bind(storage);
  storage.open = async (path, mode) => {
    const file = await open(path, mode);
    if (!path.endsWith('.changed')) return file;
    count++;
    const close = file.close.bind(file);
    file.close = () => close().then(() => void count--);
    return file;
  };
  return { storage, open: () => count };
}

async function rewrite(storage: SimStorage, path: string, change: (bytes: Buffer) => Buffer): Promise<void> {
  const file = await storage.open(path, 'update');
  const bytes = Buffer.alloc(await file.size());
  await file.read(bytes, 0);
  const changed = change(bytes);
  await file.truncate(0);
  await file.write(changed, 0);
  await file.dataSync();
  await file.close();
}

function withSum(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([body, Buffer.from(crc32c(body).toString(16).padStart(8, '0'))]);
}

test.run();
