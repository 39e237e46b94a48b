import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../support/figure.ts';
import { FastSeal } from '../../support/failover/fast-seal.ts';
import { PairWorld } from '../../support/failover/pair-world.ts';

async function pair(options: ConstructorParameters<typeof PairWorld>[0] = {}): Promise<PairWorld> {
  const world = new PairWorld(options);
  await world.startBoth();
  await world.clock.advance(1000);
  return world;
}

const changes = (world: PairWorld): number => world.units.reduce((sum, unit) => sum + unit.pair.status().changes.length, 0);

test('cable-cut-of-one-path: nothing changes, and show link tells it', async () => {
  const world = await pair();
  const before = changes(world);
  world.cutPath(1, true);
  await world.clock.advance(5000);
  assert.is(changes(world), before);
  assert.equal(world.b.pair.status().statistics?.paths.map(({ up }) => up), [true, false]);
  assert.ok((world.b.pair.status().statistics?.paths[1]?.longestGapMs ?? 0) > 4000);
  await world.stop();
});

test('all-paths-cut-and-heal: both serve, then the higher epoch does, and service never stops', async () => {
  const world = await pair();
  world.cutPath(0, true);
  world.cutPath(1, true);
  await world.until(() => world.b.role === 'backup-active', 600, 1);
  assert.is(world.a.role, 'primary-active');
  await world.clock.advance(10_000);
  assert.ok(world.a.serving && world.b.serving);
  world.cutPath(0, false);
  const ms = await world.until(() => {
    assert.ok(world.served, 'service stopped');
    return world.a.role === 'failback' && !world.a.hasAddress;
  }, 200, 0.5);
  assert.ok(ms <= 25 + 3, `${ms} ms`);
  assert.ok(world.b.serving);
  await world.until(() => {
    assert.ok(world.served, 'service stopped');
    return world.a.role === 'primary-active';
  }, 10_000, 1);
  await world.stop();
  assert.equal(world.clock.pending(), []);
});

test('backup-cut-off-from-everything: it stays mute, and serves when a reference comes back first', async () => {
  const world = await pair();
  world.b.cutLan(false);
  world.cutPath(1, true);
  await world.until(() => world.b.role === 'isolated', 700, 1);
  await world.clock.advance(5000);
  assert.not.ok(world.b.serving || world.b.hasAddress);
  assert.is(world.answering, world.a);
  world.a.power();
  world.b.mendLan();
  const ms = await world.until(() => world.answering === world.b, 1000, 1);
  figure(`reference back to service, virtual ms: ${ms}`);
  assert.ok(ms <= 2 * world.timing.referenceMs, `${ms} ms`);
  await world.stop();
});

test('backup-cut-off-from-everything: the partner heard again makes it a standby', async () => {
  const world = await pair();
  world.b.cutLan(true);
  world.cutPath(1, true);
  await world.until(() => world.b.role === 'isolated', 700, 1);
  world.cutPath(1, false);
  await world.until(() => world.b.role === 'backup-standby', 100, 1);
  await world.stop();
});

test('primary-loses-its-lan: with carrier lost the backup serves at once, and the primary waits', async () => {
  const world = await pair();
  world.a.cutLan(true);
  const ms = await world.until(() => world.answering === world.b, 1000, 1);
  assert.ok(ms <= 100, `${ms} ms`);
  await world.until(() => world.a.role === 'failback', 100);
  world.a.mendLan();
  await world.until(() => world.answering === world.a, 10_000);
  await world.stop();
});

test('primary-loses-its-lan: without carrier it says so itself, when no reference has answered for two seconds', async () => {
  const world = await pair();
  world.a.cutLan(false);
  const ms = await world.until(() => world.answering === world.b, 4000, 1);
  assert.ok(ms >= 1500 && ms <= 3000, `${ms} ms`);
  await world.stop();
});

test('primary-takes-back-while-its-lan-is-cut: it announces itself again when it sees the reference again', async () => {
  const world = await pair();
  world.a.pair.failover();
  world.clock.promises = true;
  await world.until(() => world.answering === world.b && world.a.role === 'failback', 500);
  world.a.cutLan(false);
  world.a.pair.failback();
  world.clock.promises = true;
  await world.until(() => world.a.role === 'primary-active' && !world.b.hasAddress, 500);
  await world.clock.advance(1300);
  assert.is(world.answering, null);
  world.a.mendLan();
  const ms = await world.until(() => world.answering === world.a, 1000, 1);
  assert.ok(ms <= 2 * world.timing.referenceMs, `${ms} ms`);
  await world.stop();
});

test('the reference dies and comes back: nobody takes over from anybody', async () => {
  for (let awayMs = 100; awayMs < 6000; awayMs += 370) {
    const world = await pair({ seed: awayMs });
    const before = changes(world);
    world.pbxUp = false;
    await world.clock.advance(awayMs);
    world.pbxUp = true;
    await world.clock.advance(3000);
    assert.is(changes(world), before, `away for ${awayMs} ms\n${world.story()}`);
    await world.stop();
  }
});

test('pause-of-the-backup-does-not-fake-a-death', async () => {
  const world = await pair();
  const before = changes(world);
  for (const ms of [90, 150, 390, 400, 410, 800, 3000, 60_000]) {
    world.b.freeze();
    await world.clock.advance(ms);
    world.b.resume();
    await world.clock.advance(2000);
  }
  // Its media thread alone, with nothing in the sockets when it goes on: beats were lost by the full buffer.
  world.b.media.stop();
  world.lossy(0, 1);
  world.lossy(1, 1);
  await world.clock.advance(1000);
  world.lossy(0, 0);
  world.lossy(1, 0);
  world.b.media.resume();
  await world.clock.advance(2000);
  assert.is(changes(world), before, world.story());
  assert.ok((world.b.pair.status().statistics?.pauses ?? 0) >= 5);
  await world.stop();
});

test('pause-of-the-backup: a primary that died meanwhile is found out one dead time later', async () => {
  const world = await pair();
  world.b.freeze();
  await world.clock.advance(500);
  world.a.power();
  await world.clock.advance(500);
  world.b.resume();
  const ms = await world.until(() => world.answering === world.b, 1000, 1);
  assert.ok(ms <= 450, `${ms} ms`);
  await world.stop();
});

test('5-percent-loss-for-10-minutes: no false takeover', async () => {
  const world = await pair({ makeSeal: (key) => new FastSeal(key) });
  const before = changes(world);
  for (const path of [0, 1]) world.lossy(path, 0.05);
  world.pingLoss = 0.05;
  await world.clock.advance(600_000);
  assert.is(changes(world), before, world.story());
  assert.is(world.b.pair.status().statistics?.deaths, 0);
  const lost = world.b.pair.status().statistics?.paths[0]?.lost ?? 0;
  assert.ok(lost > 1000 && lost < 1400, `${lost} of 24,000 lost`);
  await world.stop();
});

test('20-percent-loss-for-10-minutes on the only path: no false takeover', async () => {
  const world = await pair({ makeSeal: (key) => new FastSeal(key) });
  world.cutPath(1, true);
  await world.clock.advance(1000);
  const before = changes(world);
  world.lossy(0, 0.2);
  await world.clock.advance(600_000);
  assert.is(changes(world), before, world.story());
  await world.stop();
});

test.run();
