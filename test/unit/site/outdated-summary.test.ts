// A summary that a clean stop left, and other firmware has outlived: what it says of owners must not reach the site.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coalesceMs } from '../../../firmware/site/site-edits.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import type { SiteUnit } from '../../support/site/site-fixture.ts';
import { boot, greet, heard, pinOf, pinRecord, setPin, settingsText, spoken } from '../../support/site/site-fixture.ts';

const numbers = ['201', '202', '203', '204'];
const own = settingsText(6, numbers);
/** Keeps a summary; the other firmware knows of none. */
const room = { atStart: 2, mailboxes: 8, messages: 1000 };
const otherRoom = { ...room, atStart: 100 };

const start = (storage: SimStorage, seed: number, keepsSummary = true): Promise<SiteUnit> =>
  boot('a', storage, { seed, own, store: { mailboxes: () => numbers, room: keepsSummary ? room : otherRoom } });

async function stop({ state, store }: SiteUnit): Promise<void> {
  await state.close();
  await store.close();
}

async function bytesOf(storage: SimStorage, path: string): Promise<Buffer> {
  const file = await storage.open(path, 'read');
  const bytes = Buffer.alloc(await file.size());
  await file.read(bytes, 0);
  await file.close();
  return bytes;
}

/** The summary and its log of changes. */
const summaryFiles = async (storage: SimStorage): Promise<string[]> => (await storage.list('')).filter((one) => one.startsWith('summary'));

/** Owners with PINs, published unless `publishes` says otherwise; `meanwhile` is what other firmware does before this one starts again and finds its old summary. */
async function outlived(meanwhile: (unit: SiteUnit) => Promise<void>, publishes = true): Promise<SimStorage> {
  const storage = new SimStorage();
  const before = await start(storage, 1);
  for (const number of numbers) await setPin(before, number, 1);
  if (publishes) await before.state.seed();
  await stop(before);
  const kept = await Promise.all((await summaryFiles(storage)).map(async (name) => [name, await bytesOf(storage, name)] as const));
  const other = await start(storage, 2, false);
  await meanwhile(other);
  await stop(other);
  for (const name of await summaryFiles(storage)) await storage.remove(name);
  for (const [name, bytes] of kept) {
    const file = await storage.open(name, 'create');
    await file.write(bytes, 0);
    await file.dataSync();
    await file.close();
  }
  return storage;
}

const hashOf = (tag: number): string => pinRecord(tag).pin?.hash ?? '';
const version = ({ state }: SiteUnit): number => state.current?.manifest.version ?? 0;
const publishedPin = async ({ state }: SiteUnit, number: string): Promise<string> => {
  const entry = state.current?.manifest.entries[`owner/${number}`];
  if (entry === undefined) throw new Error(`owner/${number} is not published`);
  const { sha256, bytes } = entry;
  return (JSON.parse(Buffer.from(await state.blobs.piece(sha256, 0, bytes)).toString()) as { pin: { hash: string } }).pin.hash;
};

test('what the site has is not replaced by an outdated PIN', async () => {
  const storage = await outlived(async (unit) => {
    await setPin(unit, '202', 2);
    await unit.state.publish();
  });
  const again = await start(storage, 3);
  await again.clock.advance(coalesceMs * 2);
  await again.store.housekeep();
  await again.clock.advance(coalesceMs * 2);
  assert.equal([await publishedPin(again, '202'), pinOf(again, '202')], [hashOf(2), hashOf(2)]);
  assert.is(version(again), 2);
  await stop(again);
});

test('a start opens only the mailboxes that seem to differ from the site', async () => {
  const storage = await outlived(async (unit) => {
    await setPin(unit, '202', 2);
    await unit.state.publish();
  });
  const read = new Set<string>();
  storage.fault = ({ kind, path }) => {
    const number = /^mailboxes\/(\d+)/.exec(path)?.[1];
    if (number !== undefined && kind === 'open') read.add(number);
    return null;
  };
  const again = await start(storage, 3);
  assert.equal([...read], ['202']);
  await stop(again);
});

test('what nobody has published yet is, once it is found', async () => {
  const storage = await outlived(async (unit) => {
    await setPin(unit, '203', 3);
    await greet(unit, '204', 4);
  });
  const again = await start(storage, 3);
  await again.clock.advance(coalesceMs * 2);
  await again.store.housekeep();
  await again.clock.until(() => version(again) > 1, 5000);
  assert.equal([await publishedPin(again, '203'), 'greeting/204/greeting' in (again.state.current?.manifest.entries ?? {})], [hashOf(3), true]);
  assert.is(await heard(again, '204'), spoken(4));
  await stop(again);
});

test('a first version is made of what is there', async () => {
  const storage = await outlived((unit) => setPin(unit, '201', 5), false);
  const again = await start(storage, 3);
  await again.state.seed();
  assert.equal([await publishedPin(again, '201'), await publishedPin(again, '202')], [hashOf(5), hashOf(1)]);
  await stop(again);
});

test('a mailbox that cannot be looked at is not published from the summary, and keeps no other from being', async () => {
  const storage = await outlived((unit) => setPin(unit, '201', 5), false);
  const again = await start(storage, 3);
  storage.fault = ({ path }) => (path.startsWith('mailboxes/201/') ? 'io' : null);
  await again.state.seed();
  const entries = again.state.current?.manifest.entries ?? {};
  assert.equal(['owner/201' in entries, 'owner/202' in entries, again.log.has('site-not-published')], [false, true, true]);
  storage.fault = null;
  await again.clock.advance(61_000);
  await again.clock.until(() => version(again) > 1, 5000);
  assert.is(await publishedPin(again, '201'), hashOf(5));
  await stop(again);
});

test.run();
