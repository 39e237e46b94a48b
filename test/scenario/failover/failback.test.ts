import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../support/figure.ts';
import type { PairSettings } from '../../../firmware/config/settings.ts';
import { PairWorld } from '../../support/failover/pair-world.ts';

/** A pair whose primary died and is back, mute, while the backup serves. */
async function returned(settings: Partial<PairSettings> = {}, timing = {}, calls = 0): Promise<PairWorld> {
  const world = new PairWorld({ primary: settings, backup: settings, timing });
  await world.startBoth();
  world.a.power();
  await world.until(() => world.b.role === 'backup-active', 1000);
  world.b.calls = calls;
  await world.clock.advance(3000);
  world.a.start();
  await world.until(() => world.a.role === 'failback', 1000, 1);
  return world;
}

/** Service and the number of holders, at each half millisecond until `done`. */
async function watched(world: PairWorld, done: () => boolean, limitMs: number): Promise<{ unservedMs: number; bothMs: number }> {
  let [unserved, both] = [0, 0];
  await world.until(() => {
    if (!world.units.some((unit) => unit.hasAddress && unit.serving)) unserved++;
    if (world.a.hasAddress && world.b.hasAddress) both++;
    return done();
  }, limitMs, 0.5);
  return { unservedMs: unserved / 2, bothMs: both / 2 };
}

test('primary-returns: it listens, waits mute, and is handed the service when it has been well for a while', async () => {
  const world = await returned();
  assert.is(world.answering, world.b);
  await world.until(() => world.b.pair.status().returned === 'settling', 25, 1);
  await world.clock.advance(world.timing.settleMs - 200);
  assert.is(world.a.role, 'failback');
  const { unservedMs, bothMs } = await watched(world, () => world.answering === world.a && world.b.role === 'backup-standby' && !world.b.hasAddress, 1000);
  figure(`failback: nobody served for ${unservedMs} ms, both for ${bothMs} ms (virtual)`);
  assert.is(unservedMs, 0);
  assert.ok(bothMs < 25);
  await world.stop();
  assert.equal(world.clock.pending(), []);
});

test('primary-returns: one that comes and goes is not handed the service', async () => {
  const world = await returned();
  for (let round = 0; round < 5; round++) {
    await world.clock.advance(world.timing.settleMs - 1000);
    world.a.power();
    await world.clock.advance(600);
    world.a.start();
    await world.until(() => world.a.role === 'failback', 1000);
    assert.is(world.answering, world.b);
  }
  await world.stop();
});

test('primary-returns: with manual failback it waits for the command', async () => {
  const world = await returned({ failback: 'manual' });
  await world.clock.advance(120_000);
  assert.is(world.a.role, 'failback');
  assert.ok(world.a.pair.failback().ok);
  await world.until(() => world.answering === world.a, 200, 1);
  await world.stop();
});

test('stuck-call-during-failback: graceful waits for it, and after the stated limit no longer', async () => {
  const world = await returned({}, { gracefulLimitMs: 60_000 }, 1);
  await world.clock.advance(world.timing.settleMs + 55_000);
  assert.is(world.b.role, 'backup-active');
  assert.is(world.b.pair.status().returned, 'settled');
  const ms = await world.until(() => world.answering === world.a, 10_000);
  assert.ok(ms <= 6000, `${ms} ms`);
  await world.stop();
});

test('stuck-call-during-failback: automatic waits for failbackAfterMin', async () => {
  const world = await returned({ failback: 'automatic', failbackAfterMin: 1 }, {}, 1);
  await world.clock.advance(world.timing.settleMs + 55_000);
  assert.is(world.b.role, 'backup-active');
  await world.until(() => world.answering === world.a, 10_000);
  await world.stop();
});

test('calls-during-failback: the service moves when the last one has ended', async () => {
  const world = await returned({}, {}, 2);
  await world.clock.advance(30_000);
  world.b.calls = 1;
  await world.clock.advance(30_000);
  assert.is(world.answering, world.b);
  world.b.calls = 0;
  const ms = await world.until(() => world.answering === world.a, 1000, 1);
  assert.ok(ms <= 100, `${ms} ms`);
  await world.stop();
});

test('calls-during-failback: without a shared address calls stay where they are and new ones move at once', async () => {
  const world = await (async () => {
    const settings = { sharedAddress: null, interface: null };
    const made = new PairWorld({ primary: settings, backup: settings });
    made.a.start();
    made.b.start();
    await made.until(() => made.a.role === 'primary-active', 1000);
    made.a.power();
    await made.until(() => made.b.serving, 1000);
    made.b.calls = 3;
    made.a.start();
    return made;
  })();
  const ms = await world.until(() => world.a.serving && !world.b.serving, 10_000);
  assert.ok(ms <= world.timing.settleMs + 1000, `${ms} ms`);
  await world.stop();
});

for (const [from, at] of [['primary', 'a'], ['backup', 'b']] as const) {
  test(`planned-failover-and-back: commands given at the ${from}`, async () => {
    const world = new PairWorld();
    await world.startBoth();
    await world.clock.advance(2000);
    assert.not.ok(world[at].pair.failback().ok);
    const answer = world[at].pair.failover();
    assert.ok(answer.ok, answer.text);
    world.clock.promises = true;
    const there = await watched(world, () => world.answering === world.b && world.a.role === 'failback' && !world.a.hasAddress, 500);
    assert.is(there.unservedMs, 0);
    assert.ok(there.bothMs < 25, `${there.bothMs} ms`);
    // What was moved by command stays.
    await world.clock.advance(120_000);
    assert.is(world.answering, world.b);
    assert.ok(world.b.pair.status().held);
    assert.ok(world[at].pair.failback().ok);
    world.clock.promises = true;
    const back = await watched(world, () => world.answering === world.a && world.b.role === 'backup-standby' && !world.b.hasAddress, 500);
    figure(`planned at the ${from}: both held the address for ${there.bothMs} ms there, ${back.bothMs} ms back`);
    assert.is(back.unservedMs, 0);
    assert.ok(back.bothMs < 25, `${back.bothMs} ms`);
    assert.is(world.a.pair.status().epoch, 4);
    await world.stop();
    assert.equal(world.clock.pending(), []);
  });
}

test('planned-failover, then the primary is restarted: it gets the service back without a command', async () => {
  const world = new PairWorld();
  await world.startBoth();
  await world.clock.advance(1000);
  world.a.pair.failover();
  world.clock.promises = true;
  await world.until(() => world.answering === world.b, 500);
  await world.clock.advance(60_000);
  assert.is(world.a.role, 'failback');
  void world.a.stop();
  await world.clock.advance(2000);
  world.a.start();
  await world.until(() => world.answering === world.a, world.timing.settleMs + 1500);
  await world.stop();
});

test('planned-failover to a partner that is not there is refused, and nothing changes', async () => {
  const world = new PairWorld();
  await world.startBoth();
  world.b.power();
  await world.clock.advance(1000);
  assert.equal(world.a.pair.failover(), { ok: false, text: 'the partner is not heard' });
  await world.clock.advance(1000);
  assert.is(world.answering, world.a);
  await world.stop();
});

test('planned-failover while the backup dies: the primary goes on', async () => {
  const world = new PairWorld();
  await world.startBoth();
  await world.clock.advance(1000);
  assert.ok(world.a.pair.failover().ok);
  world.b.power();
  await world.clock.advance(5000);
  assert.is(world.answering, world.a);
  assert.is(world.a.role, 'primary-active');
  await world.stop();
});

test('planned-failover to a backup that cannot have the address: it goes back, and the primary serves all the time', async () => {
  const world = new PairWorld();
  await world.startBoth();
  await world.clock.advance(1000);
  world.b.holderFails = true;
  world.a.pair.failover();
  world.clock.promises = true;
  for (let ms = 0; ms < 3000; ms++) {
    await world.clock.advance(1);
    assert.is(world.answering, world.a);
  }
  assert.is(world.b.role, 'backup-standby');
  world.b.holderFails = false;
  await world.stop();
});

test('a-move-waits-for-its-owner: no offer is made before calls are at the partner, and the giver serves until then', async () => {
  const world = new PairWorld();
  let ready: () => void = () => undefined;
  let asked = 0;
  world.a.beforeMove = () => {
    asked++;
    world.clock.promises = true;
    return new Promise((resolve) => (ready = resolve));
  };
  await world.startBoth();
  assert.ok(world.a.pair.failover().ok);
  await world.clock.advance(300);
  assert.equal([asked, world.a.role, world.b.role], [1, 'primary-active', 'backup-standby']);
  ready();
  world.clock.promises = true;
  await world.until(() => world.b.role === 'backup-active', 200, 1);
  await world.stop();
});

test('a-move-waits-for-its-owner: one that is never ready keeps its service, and the next command asks anew', async () => {
  const world = new PairWorld();
  let asked = 0;
  world.a.beforeMove = () => {
    asked++;
    return new Promise(() => undefined);
  };
  await world.startBoth();
  assert.ok(world.a.pair.failover().ok);
  await world.clock.advance(5000);
  assert.equal([asked, world.answering], [1, world.a]);
  assert.ok(world.a.pair.failover().ok);
  await world.clock.advance(50);
  assert.equal([asked, world.answering], [2, world.a]);
  await world.stop();
});

test('primary-returns: calls that the partner could carry on do not hold the failback up', async () => {
  const world = new PairWorld();
  world.b.calls = 3;
  world.b.breaking = 0;
  await world.startBoth();
  world.a.power();
  await world.until(() => world.b.role === 'backup-active', 1000);
  await world.clock.advance(3000);
  world.a.start();
  await world.until(() => world.answering === world.a, world.timing.settleMs + 2000, 10);
  await world.stop();
});

test.run();
