import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../support/figure.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { FastSeal } from '../../support/failover/fast-seal.ts';
import { PairWorld, type WorldOptions } from '../../support/failover/pair-world.ts';

async function pair(options: WorldOptions = {}): Promise<PairWorld> {
  const world = new PairWorld(options);
  await world.startBoth();
  await world.clock.advance(1000);
  return world;
}

const lastCause = (unit: PairWorld['a']): string => unit.pair.status().changes.at(-1)?.cause ?? '';

async function ends(world: PairWorld): Promise<void> {
  await world.stop();
  assert.equal(world.clock.pending().map(({ name }) => name), []);
  assert.not.ok(world.a.hasAddress && world.a.powered);
  assert.not.ok(world.b.hasAddress);
}

test('primary-dies: the backup answers at the shared address, with a higher epoch', async () => {
  const world = await pair();
  assert.is(world.answering, world.a);
  world.a.power();
  const ms = await world.until(() => world.answering === world.b, 1000, 1);
  assert.ok(ms <= 450, `${ms} ms`);
  assert.is(lastCause(world.b), 'the partner fell silent on all paths');
  const { epoch, role } = world.b.pair.status();
  assert.equal([role, epoch], ['backup-active', 3]);
  await ends(world);
});

test('primary-dies: a silent death is detected within 400 ms and one beat', async () => {
  const spans: number[] = [];
  const random = new SimRandom(5);
  for (let round = 0; round < 300; round++) {
    const world = await pair({ seed: round, makeSeal: (key) => new FastSeal(key) });
    await world.clock.advance(random.below(1000) / 10);
    world.a.power();
    spans.push(await world.until(() => world.b.pair.status().partner.life === 'dead', 1000, 0.5));
  }
  spans.sort((one, other) => one - other);
  const at = (part: number): number => spans[Math.min(spans.length - 1, Math.floor(part * spans.length))] as number;
  figure(`detection of a silent death, virtual ms: p50 ${Math.round(at(0.5))} p99 ${at(0.99)} max ${at(1)}`);
  assert.ok(at(1) <= 425, `${at(1)} ms`);
});

test('primary-dies: of a process that was killed the refusals of its port tell, sooner than its silence', async () => {
  const world = await pair();
  world.network.faultAll({ refusals: true });
  world.a.kill();
  const ms = await world.until(() => world.answering === world.b, 1000, 1);
  assert.ok(ms <= 200, `${ms} ms`);
  assert.is(lastCause(world.b), 'nothing listens at the partner on any path');
  world.a.start();
  await world.until(() => !world.a.hasAddress, 100, 1);
  await world.until(() => world.a.role === 'failback', 1000);
  assert.is(world.answering, world.b);
  await ends(world);
});

test('primary-hangs: its own link takes the address off when the backup serves', async () => {
  const world = await pair();
  world.a.hang();
  const ms = await world.until(() => world.answering === world.b && !world.a.hasAddress, 2000, 1);
  assert.ok(ms <= world.timing.controlSilentMs + 150, `${ms} ms`);
  assert.is(lastCause(world.b), 'the partner says that it cannot serve');
  await world.clock.advance(3000);
  world.a.resume();
  await world.until(() => world.a.role === 'failback' && !world.a.serving, 100, 1);
  assert.ok(world.a.log.some(({ event }) => event === 'pair-fenced'));
  await ends(world);
});

test('primary-hangs: one that stands still altogether steps down within a beat when it goes on', async () => {
  const world = await pair();
  world.a.freeze();
  await world.until(() => world.answering === world.b, 600, 1);
  await world.clock.advance(5000);
  world.a.resume();
  const ms = await world.until(() => world.a.role === 'failback' && !world.a.hasAddress, 100, 1);
  assert.ok(ms <= 25, `${ms} ms`);
  assert.is(world.answering, world.b);
  await ends(world);
});

test('primary-says-goodbye: the backup does not wait for silence', async () => {
  const world = await pair();
  const stopped = world.a.stop();
  const ms = await world.until(() => world.answering === world.b, 500, 1);
  await stopped;
  figure(`goodbye to service, virtual ms: ${ms}`);
  assert.ok(ms <= 60, `${ms} ms`);
  assert.is(lastCause(world.b), 'the partner said goodbye');
  await ends(world);
});

test('primary-says that it cannot serve: the backup does, and the primary steps down', async () => {
  const world = await pair();
  world.a.able = false;
  const ms = await world.until(() => world.answering === world.b, 500, 1);
  assert.ok(ms <= 100, `${ms} ms`);
  await world.until(() => world.a.role === 'failback' && !world.a.hasAddress, 25, 1);
  await ends(world);
});

test.run();
