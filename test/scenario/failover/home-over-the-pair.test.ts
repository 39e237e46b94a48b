// Messages come home over the pair's own channel: certificates, pair id and names as they are in the product.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Homecoming } from '../../../firmware/failover/homecoming/homecoming.ts';
import { homecomingService } from '../../../firmware/failover/homecoming/home-protocol.ts';
import { pairNames } from '../../../firmware/failover/homecoming/pair-names.ts';
import type { PairNames } from '../../../firmware/failover/homecoming/pair-names.ts';
import type { FileMessageStore } from '../../../firmware/mailbox/file-message-store.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { PairWorld } from '../../support/pair-world.ts';
import type { PairUnit } from '../../support/pair-world.ts';
import { chunksOf, leave, makeStore } from '../../support/store-fixture.ts';

interface End {
  readonly store: FileMessageStore;
  readonly homecoming: Homecoming;
  readonly names: () => PairNames | null;
}

async function end(world: PairWorld, unit: PairUnit, rank: 'primary' | 'backup'): Promise<End> {
  const names = (): PairNames | null => pairNames(unit.pairing.status().fingerprint, unit.pairing.keys());
  const { store, log } = makeStore(unit.storage, {}, rank.length, world.clock, { takenFor: () => (rank === 'backup' ? (names()?.partner ?? 'unpaired') : null) });
  await store.open();
  const homecoming = await Homecoming.open({ clock: world.clock, random: new SimRandom(9), log, storage: unit.storage, transfer: store.transfer, rank, names, mode: () => 'homecoming', serves: () => true, kbps: () => 10_000 });
  return { store, homecoming, names };
}

test('messages come home over the channel of the pair, also one that was taken before there was a pair', async () => {
  const { world, a, b } = await PairWorld.withUnits();
  const home = await end(world, a, 'primary');
  const away = await end(world, b, 'backup');
  b.pairing.channel.serve(homecomingService, (connection) => away.homecoming.serve(connection));
  const early = await leave(away.store, '202', chunksOf(1, 1));
  home.homecoming.dial(() => a.pairing.dial(homecomingService));
  await world.clock.advance(30_000);
  assert.match(String(home.homecoming.status().problem), /no partner/);
  assert.ok((await world.pair(a, b)).ok);
  const later = await leave(away.store, '201', chunksOf(2, 3, 30_000));
  assert.equal([early.takenFor, later.takenFor], ['unpaired', home.names()?.own]);
  assert.ok(await world.clock.until(() => home.homecoming.status().moved === 2, 120_000, 100));
  assert.equal([home.store.list('201'), home.store.list('202')], [[later], [early]]);
  assert.equal([away.store.list('201', true), away.store.list('202', true)], [[], []]);
  assert.equal([home.homecoming.status().problem, away.homecoming.status().connected], [null, true]);
  for (const { homecoming } of [home, away]) homecoming.stop();
  assert.equal(await world.leaks(a, b), []);
});

test('two who connect and say nothing are let go, the older one at once', async () => {
  const { world, a, b } = await PairWorld.withUnits();
  const away = await end(world, b, 'backup');
  b.pairing.channel.serve(homecomingService, (connection) => away.homecoming.serve(connection));
  await world.pair(a, b);
  const closed: string[] = [];
  for (const name of ['older', 'newer']) (await world.result(a.pairing.dial(homecomingService))).closed = () => void closed.push(name);
  await world.clock.advance(2000);
  assert.equal(closed, ['older']);
  away.homecoming.stop();
  assert.equal(await world.leaks(a, b), []);
  assert.equal(closed, ['older', 'newer']);
});

test('who connects and says nothing is let go', async () => {
  const { world, a, b } = await PairWorld.withUnits();
  const away = await end(world, b, 'backup');
  b.pairing.channel.serve(homecomingService, (connection) => away.homecoming.serve(connection));
  await world.pair(a, b);
  const connection = await world.result(a.pairing.dial(homecomingService));
  let closed = false;
  connection.closed = () => (closed = true);
  await world.clock.advance(9000);
  assert.not.ok(closed);
  await world.clock.advance(1500);
  assert.ok(closed);
  away.homecoming.stop();
  assert.equal(await world.leaks(a, b), []);
});

test.run();
