import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDocument } from '../../../firmware/mailbox/document.ts';
import { maxDocumentBytes } from '../../../firmware/mailbox/slot.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import type { SimOperation } from '../../../hal/sim/sim-operation.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { ListLog } from '../../support/store-fixture.ts';

interface Counter {
  count: number;
  text: string;
}

const check = (found: unknown): Counter => {
  const { count, text } = found as Counter;
  if (typeof count !== 'number' || typeof text !== 'string') throw new TypeError('not a counter');
  return { count, text };
};
const open = (storage: SimStorage, log = new ListLog()) => openDocument(storage, 'doc', { count: 0, text: '' }, check, log);
const count = async (storage: SimStorage): Promise<number> => (await open(storage)).state.count;

async function counted(to: number): Promise<SimStorage> {
  const storage = new SimStorage();
  const document = await open(storage);
  for (let next = 1; next <= to; next++) await document.change((state) => (state.count = next));
  return storage;
}

async function bytesOf(storage: SimStorage, path: string): Promise<Uint8Array> {
  const file = await storage.open(path, 'read');
  const bytes = new Uint8Array(await file.size());
  await file.read(bytes, 0);
  return bytes;
}

async function overwrite(storage: SimStorage, path: string, bytes: Uint8Array): Promise<void> {
  if ((await storage.stat(path)) !== null) await storage.remove(path);
  await (await storage.open(path, 'create')).write(bytes, 0);
}

async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(() => 'no failure', (error: { id: string }) => error.id);
}

test('what was changed is there after a restart, and after a power cut that keeps nothing unsynced', async () => {
  const storage = new SimStorage();
  const document = await open(storage);
  assert.is(document.origin, 'new');
  for (let next = 1; next <= 5; next++) {
    await document.change((state) => (state.count = next));
    assert.is(await count(storage.afterPowerCut(() => 'drop')), next);
    assert.is(await count(storage.afterPowerCut(() => 'keep')), next);
  }
  assert.is((await open(storage)).origin, 'stored');
});

test('one bit flipped anywhere in the newest slot: the state before it is found', async () => {
  const storage = await counted(6);
  const newest = await bytesOf(storage, 'doc.b');
  for (let at = 0; at < 28 + 21; at++) {
    const rotten = newest.slice();
    rotten[at] = (rotten[at] ?? 0) ^ (1 << (at & 7));
    await overwrite(storage, 'doc.b', rotten);
    assert.is(await count(storage), 5, `flip at byte ${at}`);
  }
  await overwrite(storage, 'doc.b', newest);
  assert.is(await count(storage), 6);
});

test('the newest slot cut off at any byte: the state before it is found', async () => {
  const storage = await counted(6);
  const newest = await bytesOf(storage, 'doc.b');
  for (let length = 0; length < 28 + 21; length++) {
    await overwrite(storage, 'doc.b', newest.subarray(0, length));
    assert.is(await count(storage), 5, `cut at ${length}`);
  }
});

test('both slots bad: set aside, told, and empty; the damaged files stay', async () => {
  const storage = await counted(4);
  storage.flipBit('doc.a', 8 * 30);
  storage.flipBit('doc.b', 8 * 30);
  const log = new ListLog();
  const document = await open(storage, log);
  assert.is(document.origin, 'damaged');
  assert.is(document.state.count, 0);
  assert.ok(log.has('document-damaged'));
  assert.equal((await storage.list('')).sort(), ['doc.a.damaged', 'doc.b.damaged']);
  await document.change((state) => (state.count = 9));
  assert.is(await count(storage), 9);
});

test('a document that parses but is not one is set aside too', async () => {
  const storage = new SimStorage();
  const wrong = await openDocument<unknown>(storage, 'doc', { other: 1 }, (found) => found);
  await wrong.change(() => undefined);
  const document = await open(storage);
  assert.is(document.origin, 'damaged');
});

test('a hundred changes at once: each promise resolves when its change is durable, with few writes', async () => {
  const clock = new SimClock();
  const storage = new SimStorage({ clock, delayMs: ({ kind }: SimOperation) => (kind === 'data-sync' ? 50 : 0) });
  const opening = open(storage);
  await clock.advance(10);
  const document = await opening;
  const durable: number[] = [];
  const changes = Array.from({ length: 100 }, (_, at) =>
    document
      .change((state) => (state.count = at + 1))
      .then(() => count(storage.afterPowerCut(() => 'drop', {})))
      .then((found) => durable.push(found - at)),
  );
  await clock.advance(1000);
  await Promise.all(changes);
  assert.is(durable.length, 100);
  assert.ok(durable.every((ahead) => ahead >= 1), 'each change was on the medium before its promise resolved');
  assert.ok((storage.counts['data-sync'] ?? 0) <= 4, `${storage.counts['data-sync']} syncs`);
});

test('a growing document moves to larger slots and survives a cut at each step', async () => {
  const storage = new SimStorage();
  const document = await open(storage);
  for (let size = 1000; size <= 90_000; size += 8900) {
    await document.change((state) => {
      state.text = 'x'.repeat(size);
      state.count = size;
    });
    assert.is(await count(storage.afterPowerCut(() => 'drop')), size);
  }
});

test('more than 100 KiB is refused with too-large, and the stored state stays', async () => {
  const storage = await counted(3);
  const document = await open(storage);
  assert.is(await failure(document.change((state) => (state.text = 'x'.repeat(maxDocumentBytes)))), 'too-large');
  assert.is(await count(storage), 3);
  await document.change((state) => (state.text = ''));
  assert.is(await count(storage), 3);
});

test('a failed sync: the change goes to a fresh file, and a lying second sync would lose nothing', async () => {
  const storage = await counted(4);
  const document = await open(storage);
  let failures = 1;
  storage.fault = ({ kind }) => (kind === 'data-sync' && failures-- > 0 ? 'io' : null);
  await document.change((state) => (state.count = 5));
  assert.is(await count(storage.afterPowerCut(() => 'drop')), 5);
  assert.ok(!(await storage.list('')).includes('doc.fresh'));
});

test('every operation failing in turn, with each error: a resolved change is durable, a refused one leaves the old state or the new', async () => {
  for (const error of ['io', 'no-space', 'read-only'] as const) {
    for (let nth = 0; ; nth++) {
      const storage = await counted(4);
      const document = await open(storage);
      let operation = 0;
      storage.fault = () => (operation++ === nth ? error : null);
      const outcome = await failure(document.change((state) => (state.count = 5)));
      storage.fault = null;
      const found = await count(storage.afterPowerCut(() => 'drop'));
      if (outcome === 'no failure') assert.is(found, 5);
      else assert.ok(found === 4 || found === 5, `${error} at ${nth}: ${found}`);
      await document.change((state) => (state.text = 'later'));
      assert.is(await count(storage.afterPowerCut(() => 'drop')), 5, 'the next change carries the refused one');
      if (operation <= nth) break;
    }
  }
});

test('a disk that is full refuses no change that fits the slots', async () => {
  const storage = new SimStorage({ totalBytes: 8192 });
  const document = await open(storage);
  await document.change((state) => (state.count = 1));
  await document.change((state) => (state.count = 2));
  assert.is((await storage.space()).freeBytes, 0);
  await document.change((state) => (state.count = 3));
  assert.is(await count(storage), 3);
  assert.is(await failure(document.change((state) => (state.text = 'x'.repeat(5000)))), 'no-space');
  assert.is(await count(storage), 3);
});

test.run();
