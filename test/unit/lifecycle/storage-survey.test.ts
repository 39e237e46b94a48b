import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mostFiles, surveyStorage } from '../../../firmware/lifecycle/storage-survey.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';

async function put(storage: SimStorage, path: string, bytes: number): Promise<void> {
  const folder = path.split('/').slice(0, -1).join('/');
  if (folder !== '') await storage.makeDirectory(folder);
  const file = await storage.open(path, 'create');
  await file.write(new Uint8Array(bytes), 0);
  await file.close();
}

test('each folder is counted as what it holds, deep ones too; messages are left to their index', async () => {
  const storage = new SimStorage();
  for (const [path, bytes] of [['new/a.rec', 100], ['greetings/201/greeting-1.rec', 5000], ['greetings/202/name-2.rec', 1000], ['home/x', 10], ['mirror/y', 20], ['mailboxes/201/cur/m.rec', 9000], ['pair/key.a', 7], ['unit.lock', 0]] as const) await put(storage, path, bytes);
  assert.equal(await surveyStorage(storage, 'mailboxes'), [
    { what: 'greetings and names', files: 2, bytes: 6000 },
    { what: 'recordings in progress', files: 1, bytes: 100 },
    { what: 'messages on their way home', files: 2, bytes: 30 },
    { what: 'other state', files: 2, bytes: 7 },
  ]);
});

test('an empty disk holds nothing', async () => {
  assert.equal(await surveyStorage(new SimStorage(), 'mailboxes'), []);
});

test('a folder with more files than are looked at is counted so far', async () => {
  const names = Array.from({ length: mostFiles + 50 }, (_, nth) => `f${nth}`);
  const huge = { list: async (path: string) => (path === '' ? ['damaged'] : names), stat: async (path: string) => ({ bytes: 1, directory: path === 'damaged', modifiedMs: 0 }) };
  const [kind] = await surveyStorage(huge as never, 'mailboxes');
  assert.is(kind?.files, mostFiles - 1, 'the folder itself was looked at too');
});

test('disk-fails-while-counting: the error is told, not half a table', async () => {
  const storage = new SimStorage();
  await put(storage, 'new/a.rec', 1);
  storage.fault = () => 'io';
  assert.is(await surveyStorage(storage, 'mailboxes').catch((error: { id?: string }) => error.id), 'io');
});

test.run();
