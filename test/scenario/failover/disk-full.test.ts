import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PairWorld } from '../../support/failover/pair-world.ts';

test('disk-full-at-takeover: the backup serves all the same, and raises an alarm', async () => {
  const world = new PairWorld();
  await world.startBoth();
  world.b.diskFails = true;
  await world.clock.advance(1000);
  world.a.power();
  const ms = await world.until(() => world.answering === world.b, 1000, 1);
  assert.ok(ms <= 500, `${ms} ms`);
  assert.ok(world.b.log.some(({ event, severity }) => event === 'pair-epoch-not-durable' && severity === 'alert'));
  await world.stop();
});

test('disk-hangs-at-takeover: it is waited for no longer than its limit', async () => {
  const world = new PairWorld();
  await world.startBoth();
  world.b.storage.fault = () => 'power-cut';
  await world.clock.advance(1000);
  world.a.power();
  const ms = await world.until(() => world.answering === world.b, 1500, 1);
  assert.ok(ms >= world.timing.persistMs && ms <= 425 + world.timing.persistMs + 25, `${ms} ms`);
  await world.stop();
});

test('disk-full-at-handover: the offer is declined, and the primary goes on', async () => {
  const world = new PairWorld();
  await world.startBoth();
  world.b.diskFails = true;
  await world.clock.advance(1000);
  world.a.pair.failover();
  world.clock.promises = true;
  await world.clock.advance(3000);
  assert.is(world.answering, world.a);
  assert.is(world.b.role, 'backup-standby');
  assert.is(world.b.log.filter(({ event }) => event === 'pair-offer-declined').length, 1);
  world.b.diskFails = false;
  assert.ok(world.a.pair.failover().ok);
  world.clock.promises = true;
  await world.until(() => world.answering === world.b, 500);
  await world.stop();
});

test('a power cut forgets no epoch that was acted on', async () => {
  const world = new PairWorld();
  await world.startBoth();
  let last = 0;
  for (let round = 0; round < 6; round++) {
    const active = world.answering as typeof world.a;
    const other = active === world.a ? world.b : world.a;
    active.power();
    await world.until(() => world.answering === other, 1000);
    const { epoch } = other.pair.status();
    assert.ok(epoch > last, `${epoch} after ${last}`);
    last = epoch;
    active.start();
    await world.clock.advance(1500);
  }
  await world.stop();
});

test.run();
