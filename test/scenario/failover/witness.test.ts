import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FastSeal } from '../../support/failover/fast-seal.ts';
import { PairWorld, type WorldOptions } from '../../support/failover/pair-world.ts';
import { figure } from '../../support/figure.ts';

/** The witness knows the pair, and the primary has its lease. */
async function pair(options: WorldOptions = {}): Promise<PairWorld> {
  const world = new PairWorld({ witness: true, ...options });
  await world.startBoth();
  await world.clock.advance(3000);
  assert.is(lease(world), 'primary');
  return world;
}

const lease = (world: PairWorld): string => world.witness?.witness?.pairs[0]?.lease.holder ?? 'nobody';
const lastCause = (unit: PairWorld['a']): string => unit.pair.status().changes.at(-1)?.cause ?? '';
const split = (world: PairWorld, cut: boolean): void => (world.cutPath(0, cut), world.cutPath(1, cut));

async function ends(world: PairWorld): Promise<void> {
  await world.stop();
  assert.equal(world.clock.pending().map(({ name }) => name), []);
}

test('primary-dies: the witness has decided when the backup finds the silence, so that nobody waits for the end of the lease', async () => {
  let longestMs = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const world = await pair({ seed, makeSeal: (key) => new FastSeal(key) });
    await world.clock.advance((seed * 37) % 500);
    world.a.power();
    longestMs = Math.max(longestMs, await world.until(() => world.answering === world.b, 2000, 1));
    assert.is(lease(world), 'backup');
  }
  figure(`silent death of the primary to service with a witness, virtual ms: at most ${longestMs}`);
  assert.ok(longestMs <= 450, `${longestMs} ms`);
});

test('split that the witness sees: the primary serves on, the backup stays, whatever the time; then all is as before', async () => {
  const world = await pair();
  split(world, true);
  await world.until(() => world.b.pair.status().partner.life === 'dead', 500);
  for (let ms = 0; ms < 20_000; ms += 10) {
    await world.clock.advance(10);
    assert.equal([world.a.role, world.b.role, world.b.hasAddress], ['primary-active', 'backup-standby', false]);
  }
  split(world, false);
  await world.until(() => world.b.pair.status().partner.life === 'alive', 500);
  assert.equal([world.a.role, world.b.role], ['primary-active', 'backup-standby']);
  await ends(world);
});

test('split, and then the primary dies: the backup learns of it from the witness alone', async () => {
  const world = await pair();
  split(world, true);
  await world.clock.advance(10_000);
  world.a.power();
  const ms = await world.until(() => world.answering === world.b, 1500, 1);
  assert.ok(ms <= 600, `${ms} ms`);
  await ends(world);
});

test('split, and then the primary stops in good order: it gives the lease back', async () => {
  const world = await pair();
  split(world, true);
  await world.clock.advance(5000);
  const stopping = world.a.stop();
  const ms = await world.until(() => world.answering === world.b, 1500, 1);
  assert.ok(ms <= 400, `${ms} ms`);
  await world.clock.advance(500);
  await stopping;
  await ends(world);
});

test('primary-cut-off from all, and back at the witness alone: it rests, for the backup serves with a higher epoch', async () => {
  const world = await pair();
  split(world, true);
  world.witnessPath('A', { cut: true });
  world.a.cutLan(false);
  await world.until(() => world.answering === world.b, 1000, 1);
  world.witnessPath('A', { cut: false });
  const ms = await world.until(() => world.a.role !== 'primary-active', 1500);
  assert.ok(ms <= 1100, `${ms} ms`);
  assert.is(lastCause(world.a).includes('the witness hears') || world.a.role === 'isolated', true);
  world.a.mendLan();
  await world.until(() => world.a.role === 'failback', 1000);
  await world.clock.advance(5000);
  assert.equal([world.a.role, world.b.role], ['failback', 'backup-active']);
  await ends(world);
});

test('a primary that starts in a split does not serve beside its backup', async () => {
  const world = await pair();
  world.a.power();
  await world.until(() => world.answering === world.b, 1000);
  split(world, true);
  world.a.start();
  await world.clock.advance(10_000);
  assert.is(world.answering, world.b);
  assert.not.ok(world.a.hasAddress || world.a.serving);
  split(world, false);
  await world.until(() => world.answering === world.a && !world.b.serving, 12_000);
  await ends(world);
});

for (const [name, away] of Object.entries({
  'witness-dies': (world: PairWorld): void => world.witness?.kill(),
  'witness out of reach': (world: PairWorld): void => (world.witnessPath('A', { cut: true }), world.witnessPath('B', { cut: true })),
})) {
  test(`${name}: the primary serves on, one warning is written, and a dead primary is replaced by the reference as soon as without a witness`, async () => {
    const world = await pair();
    away(world);
    await world.clock.advance(30_000);
    assert.equal([world.a.role, world.b.role], ['primary-active', 'backup-standby']);
    for (const unit of world.units) assert.is(unit.log.filter(({ event }) => event === 'pair-witness-lost').length, 1);
    assert.is(world.b.pair.status().witness?.state, 'silent');
    world.a.power();
    const ms = await world.until(() => world.answering === world.b, 1000, 1);
    assert.ok(ms <= 450, `${ms} ms`);
    await ends(world);
  });
}

test('witness-dies with the primary in the same moment: the backup waits for three answers, and no longer', async () => {
  const world = await pair();
  world.witness?.kill();
  world.a.power();
  const ms = await world.until(() => world.answering === world.b, 1000, 1);
  assert.ok(ms <= 450, `${ms} ms`);
  await ends(world);
});

test('witness-restarts: it learns who serves, tells it at once, and grants after the time of a lease', async () => {
  const world = await pair();
  split(world, true);
  await world.clock.advance(3000);
  world.witness?.kill();
  world.witness?.start();
  await world.clock.advance(4000);
  assert.equal([world.a.role, world.b.role, lease(world)], ['primary-active', 'backup-standby', 'primary']);
  for (const unit of world.units) assert.is(unit.log.filter(({ event }) => event === 'pair-witness-lost').length, 0);
  await ends(world);
});

test('primary-hangs in a split: the lease is not renewed, and the backup serves', async () => {
  const world = await pair();
  split(world, true);
  await world.clock.advance(4000);
  world.a.hang();
  await world.until(() => world.b.role === 'backup-active', 1500);
  world.a.resume();
  await world.until(() => world.a.role === 'failback', 1500);
  await ends(world);
});

test('primary-unable in a split: it gives the lease back, the backup serves, and the primary rests when it hears so', async () => {
  const world = await pair();
  split(world, true);
  await world.clock.advance(4000);
  world.a.able = false;
  await world.until(() => world.answering === world.b, 1000);
  await world.until(() => world.a.role === 'failback', 1000);
  await ends(world);
});

test('one of the two PBXs out of reach of the primary is no reason to move; both are', async () => {
  const world = await pair();
  world.a.lostPbxes.add(0);
  await world.clock.advance(5000);
  assert.is(world.answering, world.a);
  world.a.lostPbxes.add(1);
  await world.until(() => world.answering === world.b, 4000);
  await ends(world);
});

test.run();
