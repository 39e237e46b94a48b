import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReadOnlyView } from '../../../firmware/mailbox/read-only-view.ts';
import { wavOf } from '../../../firmware/mailbox/wav.ts';
import { ulawDecode } from '../../../hal/g711.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { audio, chunksOf, factsFor, leave, makeStore, wholeOf } from '../../support/store-fixture.ts';

async function collected(parts: AsyncGenerator<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

async function filled(): Promise<{ storage: SimStorage; ids: string[] }> {
  const storage = new SimStorage();
  const { store } = makeStore(storage);
  await store.open();
  const first = await leave(store, '201', chunksOf(1, 3));
  const second = await leave(store, '202', chunksOf(2, 1));
  await store.mark('202', second.id, 'deleted');
  const running = await store.begin(factsFor('201'));
  running.append(audio(3, 0), 0);
  await store.close();
  return { storage, ids: [first.id, second.id, running.id] };
}

test('lists delivered and unfinished messages without changing a byte', async () => {
  const { storage, ids } = await filled();
  storage.readOnly = true;
  const view = new ReadOnlyView(storage);
  const [first, second, running] = ids;
  assert.equal((await view.list()).map(({ id }) => id), [first, running]);
  assert.equal((await view.list(undefined, true)).map(({ id }) => id), [first, second, running]);
  assert.equal((await view.list('202', true)).map(({ id, state }) => [id, state]), [[second, 'deleted']]);
  assert.equal(await view.list('../..'), []);
  assert.is((await view.list('201')).at(-1)?.interrupted, true);
  assert.is((await wholeOf(await view.reader(running as string))).length, 8000);
});

test('lists the same from the files when the index is unreadable', async () => {
  const { storage } = await filled();
  const before = await new ReadOnlyView(storage).list();
  for (const slot of ['a']) storage.flipBit(`mailboxes/201/index.${slot}`, 300);
  assert.equal(await new ReadOnlyView(storage).list(), before);
});

test('an empty or absent data folder has no messages', async () => {
  assert.equal(await new ReadOnlyView(new SimStorage()).list(), []);
});

test('a message becomes a WAV file that plays the same samples', async () => {
  const { storage, ids } = await filled();
  const wav = await collected(wavOf(await new ReadOnlyView(storage).reader(ids[0] as string)));
  const coded = Buffer.concat(chunksOf(1, 3));
  assert.is(wav.length, 44 + 2 * coded.length);
  assert.is(wav.toString('latin1', 0, 4) + wav.toString('latin1', 8, 16), 'RIFFWAVEfmt ');
  assert.equal([wav.readUInt32LE(4), wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34), wav.readUInt32LE(40)], [wav.length - 8, 1, 1, 8000, 16, 2 * coded.length]);
  for (let at = 0; at < coded.length; at += 997) assert.is(wav.readInt16LE(44 + 2 * at), ulawDecode[coded[at] as number]);
});

test('what is damaged becomes silence of the right length', async () => {
  const { storage, ids } = await filled();
  storage.flipBit(`mailboxes/201/cur/${ids[0]}.new.rec`, 8 * 12_000);
  const wav = await collected(wavOf(await new ReadOnlyView(storage).reader(ids[0] as string)));
  assert.is(wav.length, 44 + 48_000);
  assert.is(wav.readInt16LE(44 + 2 * 7999), ulawDecode[audio(1, 0)[7999] as number]);
  assert.ok(wav.subarray(44 + 16_000).every((byte) => byte === 0));
});

test.run();
