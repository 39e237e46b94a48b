// Messages that the backup took come home when nothing goes wrong.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allOf, heardOf, HomeWorld } from '../../support/home-world.ts';
import { chunksOf, factsFor, leave } from '../../support/store-fixture.ts';

test('messages come home once the primary serves, oldest first, each as it is on the backup', async () => {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.serves = false));
  const left = [await leave(away.store, '201', chunksOf(1, 12)), await leave(away.store, '202', chunksOf(2, 1), 500), await leave(away.store, '201', chunksOf(3, 2)), await leave(away.store, '203', chunksOf(4, 1))];
  await away.store.mark('201', left[0]?.id ?? '', 'saved');
  await away.store.mark('203', left[3]?.id ?? '', 'deleted');
  const order: string[] = [];
  home.store.changed = (mailbox) => order.push(mailbox);
  await world.clock.advance(120_000);
  assert.equal(allOf(home), []);
  world.knobs.serves = true;
  assert.ok(await world.allHome(away, 10_000));
  assert.equal(order, ['201', '202', '201', '203'], 'the lamps follow');
  const [first, second, third, fourth] = left;
  assert.equal(home.store.list('201', true), [{ ...first, state: 'saved' }, third]);
  assert.equal(home.store.list('202', true), [second]);
  assert.equal(home.store.list('203', true), [{ ...fourth, state: 'deleted' }]);
  assert.equal(allOf(away), []);
  assert.ok((await heardOf(home, left[0] as never)).equals(Buffer.concat(chunksOf(1, 12))));
  await world.clock.advance(1000);
  const { moved, waiting, coming, problem, connected, state } = home.homecoming.status();
  assert.equal({ moved, waiting, coming, problem, connected, state }, { moved: 4, waiting: { messages: 0, bytes: 0 }, coming: null, problem: null, connected: true, state: 'resting' });
  assert.equal(away.homecoming.status().moved, 4);
  assert.equal((await home.storage.list('home')).filter((name) => name.endsWith('.part')), []);
  assert.equal(await world.leaks(home, away), []);
});

test('one that is taken while the primary serves follows within the time between two looks', async () => {
  const { world, home, away } = await HomeWorld.withUnits();
  await world.clock.advance(45_000);
  const message = await leave(away.store, '201', chunksOf(1, 1));
  await world.clock.advance(30_100);
  assert.equal(allOf(home), [message]);
  assert.equal(await world.leaks(home, away), []);
});

test('with none they stay, on either unit; the change holds at once', async () => {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.mode = 'none'));
  const message = await leave(away.store, '201', chunksOf(1, 1));
  await world.clock.advance(600_000);
  assert.equal(allOf(away), [message]);
  assert.is(home.homecoming.status().mode, 'none');
  assert.equal(away.homecoming.status().waiting, { messages: 1, bytes: 8000 });
  world.knobs.mode = 'homecoming';
  assert.ok(await world.allHome(away, 6000));
});

test('what the primary took itself stays with it, and what is being recorded is left alone', async () => {
  const { world, home, away } = await HomeWorld.withUnits();
  const own = await leave(home.store, '201', chunksOf(1, 1));
  const writer = await away.store.begin(factsFor('201'));
  writer.append(chunksOf(2, 1)[0] as Uint8Array, 0);
  await world.clock.advance(60_000);
  assert.equal(allOf(home), [own]);
  const message = await writer.finish('hung-up');
  assert.ok(await world.allHome(away, 31_000));
  assert.equal(home.store.list('201').map(({ id }) => id).sort(), [own.id, message.id].sort());
});

test('an interrupted recording goes home as what it is', async () => {
  const { world, home, away } = await HomeWorld.withUnits();
  const writer = await away.store.begin(factsFor('201'));
  for (const chunk of chunksOf(1, 3)) writer.append(chunk.slice(), 0);
  await away.store.close();
  world.off(away);
  const again = await world.boot('backup', away.storage.afterPowerCut(() => 'drop'));
  assert.ok(await world.clock.until(() => allOf(home).length === 1, 120_000, 1000));
  const [message] = allOf(home);
  assert.equal([message?.id, message?.interrupted, message?.durationMs], [writer.id, true, 3000]);
  assert.ok((await heardOf(home, message as never)).equals(Buffer.concat(chunksOf(1, 3))));
  assert.equal(allOf(again), []);
});

test('many calls come first: the next piece waits until they are fewer', async () => {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.kbps = 512));
  await leave(away.store, '201', chunksOf(1, 10, 32_000));
  assert.ok(await world.clock.until(() => (home.homecoming.status().coming?.fetched ?? 0) > 0, 40_000, 100));
  world.knobs.busy = true;
  await world.clock.advance(10_000);
  const part = (await home.storage.list('home')).find((name) => name.endsWith('.part')) ?? '';
  const before = (await home.storage.stat(`home/${part}`))?.bytes;
  await world.clock.advance(60_000);
  assert.is((await home.storage.stat(`home/${part}`))?.bytes, before);
  assert.is(home.homecoming.status().state, 'paused');
  world.knobs.busy = false;
  assert.ok(await world.allHome(away, 20_000));
});

test('the cap holds: half a minute of audio takes its time at 64 kbit/s', async () => {
  const { world, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.kbps = 64));
  await leave(away.store, '201', chunksOf(1, 10, 24_000));
  const beganMs = world.clock.monotonic();
  assert.ok(await world.allHome(away, 120_000));
  const tookMs = world.clock.monotonic() - beganMs;
  assert.ok(tookMs >= 29_000 && tookMs < 35_000, `${tookMs} ms`);
});

test.run();
