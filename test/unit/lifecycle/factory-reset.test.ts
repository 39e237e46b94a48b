import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askForReset, resetIfAsked } from '../../../firmware/lifecycle/factory-reset.ts';
import { silentLog } from '../../../firmware/log.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';

const files = ['understudy.yaml', 'config/last-good.yaml', 'pair/key.a', 'mailboxes/201/index.a', 'mailboxes/201/cur/m.rec', 'site/manifest'];

async function filled(): Promise<SimStorage> {
  const storage = new SimStorage();
  for (const path of files) {
    const folder = path.split('/').slice(0, -1).join('/');
    if (folder !== '') await storage.makeDirectory(folder);
    const file = await storage.open(path, 'create');
    await file.write(Buffer.from(path), 0);
    await file.dataSync();
    await file.close();
    for (let at = folder; ; at = at.split('/').slice(0, -1).join('/')) {
      await storage.syncDirectory(at);
      if (at === '') break;
    }
  }
  return storage;
}

async function left(storage: SimStorage, folder = ''): Promise<string[]> {
  const found: string[] = [];
  for (const name of await storage.list(folder)) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const stat = await storage.stat(path);
    found.push(...(stat?.directory === true ? [`${path}/`, ...(await left(storage, path))] : [path]));
  }
  return found.sort();
}

test('nothing is wiped unless it was asked for', async () => {
  const storage = await filled();
  assert.is(await resetIfAsked(storage, [], silentLog), false);
  assert.equal((await left(storage)).filter((path) => !path.endsWith('/')), [...files].sort());
});

test('everything goes but what a person wrote, and it is durable', async () => {
  const storage = await filled();
  await askForReset(storage);
  assert.is(await resetIfAsked(storage, ['understudy.yaml'], silentLog), true);
  assert.equal(await left(storage), ['understudy.yaml']);
  assert.equal(await left(storage.afterPowerCut(() => 'drop')), ['understudy.yaml']);
  assert.is(await resetIfAsked(storage, ['understudy.yaml'], silentLog), false, 'once');
});

test('a file to keep that lies deeper keeps its folder', async () => {
  const storage = await filled();
  await askForReset(storage);
  await resetIfAsked(storage, ['config/last-good.yaml'], silentLog);
  assert.equal(await left(storage), ['config/', 'config/last-good.yaml']);
});

test('another-unit-runs-on-the-data: refused, nothing is wiped', async () => {
  const storage = await filled();
  await askForReset(storage);
  const unlock = await storage.lock('unit.lock');
  assert.is(await resetIfAsked(storage, [], silentLog).catch((error: { id?: string }) => error.id), 'busy');
  assert.ok((await left(storage)).includes('mailboxes/201/cur/m.rec'));
  await unlock();
});

test('power-cut-while-wiping, at every operation: the next start goes on, and ends with nothing left', async () => {
  let cuts = 0;
  for (let at = 0; ; at++) {
    const storage = await filled();
    await askForReset(storage);
    let count = 0;
    storage.fault = () => (count++ === at ? 'power-cut' : null);
    const done = await Promise.race([resetIfAsked(storage, ['understudy.yaml'], silentLog), storage.powerLost.then(() => 'cut')]);
    if (done !== 'cut') break;
    cuts += 1;
    for (const fate of ['drop', 'keep'] as const) {
      const survivor = storage.afterPowerCut(() => fate);
      const again = await resetIfAsked(survivor, ['understudy.yaml'], silentLog);
      const rest = await left(survivor);
      assert.ok(again || !rest.some((path) => path.includes('.rec')), `cut ${at}, ${fate}: a start that does not wipe finds data: ${rest.join()}`);
      assert.equal(rest, ['understudy.yaml'], `cut ${at}, ${fate}`);
    }
  }
  assert.ok(cuts > 20, `${cuts} cuts`);
});

test.run();
