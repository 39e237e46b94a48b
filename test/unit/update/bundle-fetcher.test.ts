import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../firmware/log.ts';
import { BundleFetcher, incomingPlace } from '../../../firmware/update/bundle-fetcher.ts';
import { IncomingBundle } from '../../../firmware/update/incoming-bundle.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimDownloads } from '../../../hal/sim/sim-downloads.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { refusal, result, virtualTime } from '../../contract/passing.ts';

const url = 'https://firmware.example/x.raucb';
const content = Uint8Array.from({ length: 300_000 }, (_, at) => at % 253);

async function world({ totalBytes = 10_000_000, keptBack = 1_000_000 } = {}) {
  const clock = new SimClock();
  const storage = new SimStorage({ totalBytes });
  await storage.makeDirectory('update');
  await storage.syncDirectory('');
  const downloads = new SimDownloads(clock);
  const fetcher = new BundleFetcher({ clock, storage, downloads, log: silentLog, keptBackBytes: () => keptBack });
  const fetch = (signal = new AbortController().signal) => fetcher.fetch(url, () => undefined, signal);
  return { clock, storage, downloads, fetcher, fetch, passing: virtualTime(clock) };
}

async function stored(storage: SimStorage): Promise<Buffer> {
  const file = await storage.open(incomingPlace, 'read');
  const bytes = Buffer.alloc(await file.size());
  await file.read(bytes, 0);
  await file.close();
  return bytes;
}

test('what broke off seven times is whole in the end, and durable', async () => {
  const { downloads, fetch, storage, passing } = await world();
  downloads.files.set(url, { content, breaksAfter: { bytes: 30_000, times: 7 } });
  await result(passing, fetch(), 300_000);
  assert.ok((await stored(storage.afterPowerCut(() => 'drop'))).equals(content));
  assert.is(downloads.asked.length, 8);
});

test('an eighth break is the last, and so is what asking again cannot mend', async () => {
  const { downloads, fetch, passing } = await world();
  downloads.files.set(url, { content, breaksAfter: { bytes: 10_000, times: 8 } });
  assert.is(await refusal(passing, fetch(), 300_000), 'connection-lost');
  downloads.asked.length = 0;
  downloads.fails = 'wrong-certificate';
  assert.is(await refusal(passing, fetch()), 'wrong-certificate');
  assert.is(downloads.asked.length, 1);
});

test('there must be room beside what is kept back for messages', async () => {
  const { downloads, fetch, passing, fetcher, storage } = await world({ totalBytes: 1_250_000 });
  downloads.files.set(url, { content });
  assert.is(await refusal(passing, fetch()), 'no-space');
  await fetcher.clear();
  assert.is(await storage.stat(incomingPlace), null);
});

test('it is broken off while it waits to ask again', async () => {
  const { clock, downloads, fetch, passing } = await world();
  downloads.files.set(url, { content, breaksAfter: { bytes: 10_000, times: 9 } });
  const stop = new AbortController();
  const fetching = fetch(stop.signal);
  fetching.catch(() => undefined);
  await clock.advance(3000);
  stop.abort();
  assert.is(await refusal(passing, fetching), 'closed');
});

test('a bundle that comes in pieces is whole and durable, or not there at all', async () => {
  const { storage, clock } = await world();
  const incoming = await IncomingBundle.open(storage, 1_000_000, clock);
  for (let at = 0; at < content.length; at += 70_000) await incoming.add(content.subarray(at, at + 70_000));
  await incoming.finish();
  assert.ok((await stored(storage.afterPowerCut(() => 'drop'))).equals(content));
  const second = await IncomingBundle.open(storage, 9_650_000, clock);
  const refused = await second.add(content.subarray(0, 100_000)).then(() => second.add(content)).then(() => null, (error: { id: string }) => error.id);
  assert.is(refused, 'too-large');
  assert.is(await second.finish().then(() => null, (error: { id: string }) => error.id), 'too-large');
  assert.is(await storage.stat(incomingPlace), null);
  assert.is(await IncomingBundle.open(storage, 20_000_000, clock).then(() => null, (error: { id: string }) => error.id), 'no-space');
});

test('a disk that fails is told at the next piece and at the end', async () => {
  const { storage, clock } = await world();
  const incoming = await IncomingBundle.open(storage, 1_000_000, clock);
  storage.fault = ({ kind }) => (kind === 'write' ? 'io' : null);
  await incoming.add(content.subarray(0, 1000)).catch(() => undefined);
  storage.fault = null;
  assert.is(await incoming.add(content.subarray(0, 10)).then(() => null, (error: { id: string }) => error.id), 'io');
  assert.is(await incoming.finish().then(() => null, (error: { id: string }) => error.id), 'io');
  assert.is(await storage.stat(incomingPlace), null);
});

test.run();
