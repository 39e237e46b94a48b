import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PairWorld, type WorldOptions } from '../../support/failover/pair-world.ts';

async function pair(options: WorldOptions = {}): Promise<PairWorld> {
  const world = new PairWorld({ baud: 115_200, ...options });
  await world.startBoth();
  await world.clock.advance(2000);
  return world;
}

const lastCause = (unit: PairWorld['a']): string => unit.pair.status().changes.at(-1)?.cause ?? '';
const line = (unit: PairWorld['a']) => unit.pair.status().statistics?.paths[2];

async function ends(world: PairWorld): Promise<void> {
  await world.stop();
  assert.equal(world.clock.pending().map(({ name }) => name), []);
}

test('the line carries each beat, and loses none', async () => {
  const world = await pair();
  for (const unit of world.units) {
    const { up = false, received = 0, lost = 99 } = line(unit) ?? {};
    assert.ok(up && received > 60 && lost === 0, JSON.stringify(line(unit)));
  }
  await ends(world);
});

test('network between the two cut: the line alone keeps the partner alive, and nothing moves', async () => {
  const world = await pair();
  for (const path of [0, 1]) world.cutPath(path, true);
  await world.clock.advance(60_000);
  assert.equal([world.a.role, world.b.role, world.b.pair.status().partner.life], ['primary-active', 'backup-standby', 'alive']);
  for (const path of [0, 1]) world.cutPath(path, false);
  await world.clock.advance(100);
  await ends(world);
});

test('a slow line: one of six beats at 9,600 bit/s keeps the partner alive, where silence is as long as it must be', async () => {
  const slow = { misses: 24 };
  const world = await pair({ baud: 9600, primary: slow, backup: slow });
  for (const path of [0, 1]) world.cutPath(path, true);
  await world.clock.advance(60_000);
  assert.equal([world.a.role, world.b.role], ['primary-active', 'backup-standby']);
  // A beat with news takes the turn of an ordinary one.
  assert.ok((line(world.b)?.lost ?? 99) <= 3, JSON.stringify(line(world.b)));
  await ends(world);
});

test('primary-loses-its-lan and the cable between: over the line it says that nothing answers it, and the backup serves', async () => {
  const world = await pair();
  world.cutPath(1, true);
  world.a.cutLan(true);
  const ms = await world.until(() => world.answering === world.b, 1500, 1);
  assert.is(lastCause(world.b), 'the partner sees no reference any more');
  assert.ok(ms <= 1100, `${ms} ms`);
  await world.until(() => world.a.role === 'failback', 500);
  world.a.mendLan();
  await world.until(() => world.answering === world.a && !world.b.serving, 12_000);
  await ends(world);
});

test('primary-dies: silent on the line as on the network, and replaced as soon', async () => {
  const world = await pair();
  world.a.power();
  const ms = await world.until(() => world.answering === world.b, 1000, 1);
  assert.ok(ms <= 450, `${ms} ms`);
  await ends(world);
});

test('primary-is-killed: the line does not hold up what the refusals of the network tell', async () => {
  const world = await pair();
  world.network.faultAll({ refusals: true });
  world.a.kill();
  const ms = await world.until(() => world.answering === world.b, 1000, 1);
  assert.ok(ms <= 200, `${ms} ms`);
  assert.is(lastCause(world.b), 'nothing listens at the partner on any path');
  await ends(world);
});

test('noise on the line alone: what comes through counts, what does not is counted', async () => {
  const world = await pair();
  for (const path of [0, 1]) world.cutPath(path, true);
  for (const end of ['a', 'b'] as const) world.serial?.fault(end, { noise: 0.002, loss: 0.001 });
  await world.clock.advance(60_000);
  assert.equal([world.a.role, world.b.role], ['primary-active', 'backup-standby']);
  const { statistics } = world.b.pair.status();
  assert.ok((statistics?.paths[2]?.lost ?? 0) > 100, 'beats were lost');
  assert.ok((statistics?.refused.malformed ?? 0) + (statistics?.refused['foreign-key'] ?? 0) > 50, JSON.stringify(statistics?.refused));
  await ends(world);
});

test('line-unplugged: the way is without a carrier and told of once; plugged in again it is heard again', async () => {
  const world = await pair();
  world.serial?.unplug('b');
  await world.clock.advance(10_000);
  assert.equal([line(world.b)?.carrier, line(world.b)?.up, world.b.role], [false, false, 'backup-standby']);
  const told = world.b.log.filter(({ event }) => event === 'pair-serial-deaf');
  assert.ok(told.length >= 1 && told.length <= 2, told.map(({ text }) => text).join('\n'));
  world.serial?.plug('b');
  await world.clock.advance(3000);
  assert.is(line(world.b)?.up, true);
  await ends(world);
});

test('half-open line, and the network cut: the one that is not heard is taken for dead, the other is not', async () => {
  const world = await pair();
  world.serial?.fault('a', { cut: true });
  for (const path of [0, 1]) world.cutPath(path, true);
  await world.until(() => world.b.pair.status().partner.life === 'dead', 500);
  assert.is(world.a.pair.status().partner.life, 'alive');
  // The backup serves with a higher epoch and says so over the direction that works: the primary rests.
  await world.until(() => world.answering === world.b && world.a.role === 'failback', 1000);
  await ends(world);
});

test('line and network cut while the witness sees both: the primary serves on', async () => {
  const world = await pair({ witness: true });
  await world.clock.advance(2000);
  for (const path of [0, 1]) world.cutPath(path, true);
  for (const end of ['a', 'b'] as const) world.serial?.fault(end, { cut: true });
  await world.clock.advance(10_000);
  assert.equal([world.a.role, world.b.role, world.b.pair.status().partner.life], ['primary-active', 'backup-standby', 'dead']);
  await ends(world);
});

test('a machine without serial lines says so, and the pair goes on without', async () => {
  const world = new PairWorld({ primary: { serial: { device: '/dev/ttyS9', baud: 115_200 } } });
  await world.startBoth();
  await world.clock.advance(2000);
  assert.ok(world.a.log.some(({ event, text }) => event === 'pair-serial-deaf' && text.includes('/dev/ttyS9')));
  assert.is(world.b.role, 'backup-standby');
  await ends(world);
});

test.run();
