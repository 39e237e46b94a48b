import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CampaignStore, mostEntries } from '../../../firmware/flows/campaign-store.ts';
import { CallRecordings } from '../../../firmware/flows/call-recordings.ts';
import { mostPrompts, PromptStore } from '../../../firmware/flows/prompt-store.ts';
import type { ShelfParts } from '../../../firmware/flows/audio-shelf.ts';
import type { AudioSource } from '../../../firmware/calls/media-channel.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { bothViews } from '../../crash/fates.ts';
import { audio, ListLog } from '../../support/store-fixture.ts';

function partsOn(storage: SimStorage, seed = 1): ShelfParts & { readonly log: ListLog } {
  return { storage, clock: new SimClock(), random: new SimRandom(seed), log: new ListLog() };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes.slice();
}

async function heard(source: Promise<AudioSource | null>): Promise<Uint8Array | null> {
  const open = await source;
  if (open === null) return null;
  const bytes = await open.read(0, open.bytes);
  await open.close();
  return bytes;
}

const opened = async (storage: SimStorage, seed = 1): Promise<PromptStore> => PromptStore.open(partsOn(storage, seed), 'prompts');

test('a prompt is there after a restart, replaced by a new one, and gone when removed', async () => {
  const storage = new SimStorage();
  const store = await opened(storage);
  await store.put('Welcome', 'PCMU', 8000, one(audio(1, 0)));
  await store.put('Welcome', 'PCMU', 8000, one(audio(2, 0)));
  const again = await opened(storage, 2);
  assert.equal(again.list(), [{ name: 'Welcome', durationMs: 1000 }]);
  assert.equal(await heard(again.source('Welcome')), audio(2, 0));
  assert.is((await storage.list('prompts/audio')).length, 1, 'the first recording has gone');
  assert.is(await again.remove('Welcome'), true);
  assert.is(await again.remove('Welcome'), false);
  assert.is(await heard((await opened(storage, 3)).source('Welcome')), null);
  assert.equal(await storage.list('prompts/audio'), []);
});

test('what is recorded by telephone is heard before it is in force, and dropped if it never comes', async () => {
  const storage = new SimStorage();
  const store = await opened(storage);
  const writer = await store.begin('Night', 'PCMA');
  assert.ok(writer.append(audio(3, 0), 0));
  const recording = await writer.finish(500);
  assert.is(await heard(store.source('Night')), null);
  assert.equal(await heard(store.pendingSource(recording.id)), audio(3, 0).subarray(0, 4000));
  await opened(storage, 2);
  assert.equal(await storage.list('prompts/audio'), [], 'a restart has dropped it');
});

test('bounds: names, length, and how many', async () => {
  const store = await opened(new SimStorage());
  const refused = async (work: Promise<unknown>, why: RegExp): Promise<void> => {
    const error = await work.then(() => null, (thrown: unknown) => thrown);
    assert.ok(error instanceof HalError && error.id === 'too-large', String(error));
    assert.match(error.message, why);
  };
  await refused(store.begin('../etc', 'PCMU'), /a prompt has a name/);
  await refused(store.put('Long', 'PCMU', 8 * 301_000, one(audio(1, 0))), /5 minutes at most/);
  for (let n = 0; n < mostPrompts; n++) await store.put(`Announcement number ${n} of the long list of the city hall`.slice(0, 62), 'PCMU', 8, one(new Uint8Array(8)));
  await refused(store.begin('more', 'PCMU'), /500 prompts already/);
});

/** What the next boot finds when power is lost at the nth operation of `work`, for each way to survive it; `acknowledged`: after all of `work`, which has no more operations. */
async function cut(prepare: (storage: SimStorage) => Promise<() => Promise<unknown>>, nth: number): Promise<{ readonly acknowledged: boolean; readonly survivors: readonly (readonly [string, SimStorage])[] }> {
  const storage = new SimStorage();
  const work = await prepare(storage);
  let count = 0;
  storage.fault = () => (count++ === nth ? 'power-cut' : null);
  const acknowledged = await Promise.race([work().then(() => true), storage.powerLost.then(() => false)]);
  return { acknowledged, survivors: bothViews.map(({ name, make }) => [name, storage.afterPowerCut(make())] as const) };
}

test('power cut at any moment while a prompt is replaced: the old one or the new one', async () => {
  const replace = async (storage: SimStorage): Promise<() => Promise<void>> => {
    const store = await opened(storage);
    await store.put('Welcome', 'PCMU', 8000, one(audio(1, 0)));
    return () => store.put('Welcome', 'PCMU', 8000, one(audio(2, 0)));
  };
  let nth = 0;
  for (let over = false; !over; nth++) {
    const found = await cut(replace, nth);
    over = found.acknowledged;
    for (const [fates, survivor] of found.survivors) {
      const bytes = Buffer.from((await heard((await opened(survivor, 2)).source('Welcome'))) ?? []);
      const which = bytes.equals(audio(2, 0)) ? 'new' : bytes.equals(audio(1, 0)) ? 'old' : 'neither';
      assert.ok(which === 'new' || (which === 'old' && !found.acknowledged), `cut at operation ${nth}, ${fates}: ${which}`);
    }
  }
  assert.ok(nth > 8, `${nth} cuts`);
});

test('an index that cannot be read starts empty, is told, and costs no recording', async () => {
  const storage = new SimStorage();
  await (await opened(storage)).put('Welcome', 'PCMU', 8000, one(audio(1, 0)));
  for (const slot of ['a', 'b']) if ((await storage.stat(`prompts/index.${slot}`)) !== null) for (const bit of [700, 900, 1100]) storage.flipBit(`prompts/index.${slot}`, bit);
  const parts = partsOn(storage, 2);
  assert.equal((await PromptStore.open(parts, 'prompts')).list(), []);
  assert.ok(parts.log.has('document-damaged'));
  assert.is((await storage.list('prompts/audio')).length, 1);
});

/** A recording of a call, with the store that keeps it. */
async function spoken(storage: SimStorage, tag: number, store?: CallRecordings): Promise<{ readonly calls: CallRecordings; readonly id: string }> {
  const calls = store ?? (await CallRecordings.open(partsOn(storage, 5), 'recordings'));
  const writer = await calls.begin('PCMU');
  writer.append(audio(tag, 0), 0);
  return { calls, id: (await writer.finish(1000)).id };
}

test('what a caller recorded for the call is heard until it is forgotten, and no restart keeps it', async () => {
  const storage = new SimStorage();
  const { calls, id } = await spoken(storage, 7);
  assert.equal(await heard(calls.source(id)), audio(7, 0));
  const { id: other } = await spoken(storage, 8, calls);
  await calls.forget([id, 'unknown']);
  assert.is(await calls.source(id), null);
  assert.is((await storage.list('recordings')).length, 1);
  const again = await CallRecordings.open(partsOn(storage, 6), 'recordings');
  assert.is(await again.source(other), null);
  assert.equal(await storage.list('recordings'), []);
});

test('answers of a campaign outlive the call and a restart; they are saved, and deleted with their audio', async () => {
  const storage = new SimStorage();
  const { calls, id } = await spoken(storage, 7);
  const { id: second } = await spoken(storage, 8, calls);
  const campaigns = await CampaignStore.open(partsOn(storage, 9), 'campaigns');
  const answers = [id, second].flatMap((one) => calls.taken(one) ?? []);
  assert.is(await campaigns.leave('Orders', '0301', answers), 'ok');
  assert.is(await campaigns.leave('Orders', '0302', answers.slice(0, 1)), 'ok');
  await calls.forget([id, second]);
  const again = await CampaignStore.open(partsOn(storage, 10), 'campaigns');
  const [first, last] = again.entries('Orders');
  assert.equal(again.list(), [{ name: 'Orders', new: 2, saved: 0 }]);
  assert.equal(await heard(again.source(first?.answers[1] ?? '')), audio(8, 0));
  assert.is(await again.mark('Orders', first?.id ?? '', 'saved'), true);
  assert.equal(again.entries('Orders').map(({ caller }) => caller), ['0302', '0301'], 'new ones come first');
  assert.is(await again.mark('Orders', last?.id ?? '', 'deleted'), true);
  assert.is(await again.mark('Orders', last?.id ?? '', 'deleted'), false);
  assert.is((await storage.list('campaigns/audio')).length, 2);
});

test('a campaign that is full takes no more, and says so', async () => {
  const storage = new SimStorage();
  const { calls, id } = await spoken(storage, 7);
  const campaigns = await CampaignStore.open(partsOn(storage, 9), 'campaigns');
  const answers = [id].flatMap((one) => calls.taken(one) ?? []);
  for (let n = 0; n < mostEntries; n++) assert.is(await campaigns.leave('C', String(n), answers), 'ok');
  assert.is(await campaigns.leave('C', 'x', answers), 'full');
  assert.is((await storage.list('campaigns/audio')).length, mostEntries);
});

test('power cut at any moment while answers are left: all of them or none', async () => {
  const leave = async (storage: SimStorage): Promise<() => Promise<unknown>> => {
    const { calls, id } = await spoken(storage, 7);
    const { id: second } = await spoken(storage, 8, calls);
    const campaigns = await CampaignStore.open(partsOn(storage, 9), 'campaigns');
    return () => campaigns.leave('Orders', '0301', [id, second].flatMap((one) => calls.taken(one) ?? []));
  };
  let nth = 0;
  for (let over = false; !over; nth++) {
    const found = await cut(leave, nth);
    over = found.acknowledged;
    for (const [fates, survivor] of found.survivors) {
      const again = await CampaignStore.open(partsOn(survivor, 10), 'campaigns');
      const [entry] = again.entries('Orders');
      assert.ok(entry !== undefined || !found.acknowledged, `cut at operation ${nth}, ${fates}: acknowledged answers are gone`);
      if (entry !== undefined) assert.equal([await heard(again.source(entry.answers[0] ?? '')), await heard(again.source(entry.answers[1] ?? ''))], [audio(7, 0), audio(8, 0)]);
    }
  }
  assert.ok(nth > 15, `${nth} cuts`);
});

test.run();
