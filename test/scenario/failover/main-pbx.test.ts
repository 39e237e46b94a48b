// Two sites, a PBX at each, and a cut that takes the main one from one unit only. Nothing is shared but what each unit's watch says.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../support/figure.ts';
import type { PairSettings } from '../../../firmware/config/settings.ts';
import type { PairUnit } from '../../support/failover/pair-unit.ts';
import { PairWorld } from '../../support/failover/pair-world.ts';

/** The two hear each other, the primary serves, and both hear the main PBX. */
async function watched(settings: Partial<PairSettings> = {}): Promise<PairWorld> {
  const world = new PairWorld({ primary: settings, backup: settings });
  for (const unit of world.units) unit.main = 'heard';
  await world.startBoth();
  await world.clock.advance(1000);
  return world;
}

const changesOf = ({ a, b }: PairWorld): number => a.pair.status().changes.length + b.pair.status().changes.length;
const causeOf = (unit: PairUnit): string => unit.pair.status().changes.at(-1)?.cause ?? '';

/** Time by the half millisecond until `to` serves alone; nobody goes unserved meanwhile. */
async function handedTo(world: PairWorld, to: PairUnit, limitMs: number): Promise<number> {
  let unserved = 0;
  const from = to === world.a ? world.b : world.a;
  const ms = await world.until(() => {
    if (world.answering === null) unserved++;
    return world.answering === to && !from.serving && !from.hasAddress;
  }, limitMs, 0.5);
  assert.is(unserved, 0, 'callers found nobody while the service moved');
  return ms;
}

async function ends(world: PairWorld): Promise<void> {
  await world.stop();
  assert.equal(world.clock.pending(), []);
}

test('main-pbx-cut-from-primary: it hands over, and is handed the service when it hears the PBX again and has been well for a while', async () => {
  const world = await watched();
  const { a, b } = world;
  b.calls = a.calls = 2;
  a.main = 'lost';
  const there = await handedTo(world, b, 2500);
  assert.ok(there >= world.lossSeenMs && there <= world.lossSeenMs + 300, `${there} ms`);
  assert.equal([a.role, causeOf(b), b.pair.status().held], ['failback', 'the partner handed over', false]);
  b.calls = a.calls = 0;
  const before = changesOf(world);
  await world.clock.advance(120_000);
  assert.equal([world.answering, changesOf(world)], [b, before]);
  a.main = 'heard';
  const back = await handedTo(world, a, 8000);
  assert.ok(back >= world.timing.settleMs, `${back} ms`);
  figure(`only the backup reaches the main PBX: the service is there ${there} ms after the primary has lost it, and back ${back} ms after it was heard again (virtual)`);
  await ends(world);
});

test('main-pbx-dies: whichever unit finds out first, and however late the other, nothing moves', async () => {
  const world = await watched();
  const { a, b } = world;
  for (const [first, second] of [[a, b], [b, a]] as const) {
    const before = changesOf(world);
    first.main = 'lost';
    await world.clock.advance(world.lossSeenMs - 100);
    second.main = 'lost';
    await world.clock.advance(60_000);
    // It returns to one of the two before the other.
    first.main = 'heard';
    await world.clock.advance(1000);
    second.main = 'heard';
    await world.clock.advance(60_000);
    assert.equal([world.answering, changesOf(world)], [a, before]);
  }
  await ends(world);
});

test('main-pbx-flaps-for-primary: the service moves once, and stays until the PBX stays', async () => {
  const world = await watched();
  const { a, b } = world;
  a.main = 'lost';
  await handedTo(world, b, 2500);
  const before = changesOf(world);
  for (let round = 0; round < 20; round++) {
    a.main = 'heard';
    await world.clock.advance(world.timing.settleMs - 500);
    a.main = 'lost';
    await world.clock.advance(1000);
  }
  assert.equal([world.answering, changesOf(world)], [b, before]);
  await ends(world);
});

test('primary-restarts-without-main-pbx: it waits mute, also when it has been well for long', async () => {
  const world = await watched();
  const { a, b } = world;
  a.power();
  await world.until(() => world.answering === b, 1500);
  a.main = 'unknown';
  a.start();
  await world.clock.advance(1500);
  a.main = 'lost';
  await world.clock.advance(120_000);
  assert.equal([a.role, world.answering], ['failback', b]);
  // Nor does the backup hear it now: the primary is as good, and it is its place.
  b.main = 'lost';
  await handedTo(world, a, 8000);
  await ends(world);
});

test('main-pbx-cut-from-backup-while-it-serves: the primary is handed the service, with manual failback too', async () => {
  const world = await watched({ failback: 'manual' });
  const { a, b } = world;
  a.main = 'lost';
  await handedTo(world, b, 2500);
  a.main = 'heard';
  await world.clock.advance(60_000);
  assert.is(world.answering, b);
  b.main = 'lost';
  await handedTo(world, a, 2500);
  await ends(world);
});

test('main-pbx-cut-and-primary-dies: the backup takes over as ever; and a backup that has lost the PBX does so too', async () => {
  for (const main of ['heard', 'lost'] as const) {
    const world = await watched();
    world.b.main = main;
    world.a.main = 'lost';
    await world.clock.advance(500);
    world.a.power();
    await world.until(() => world.answering === world.b, 1500);
    await ends(world);
  }
});

test('main-pbx-cut-while-the-backup-has-a-full-disk: it declines, and the primary serves on with attempts that are paced', async () => {
  const world = await watched();
  const { a, b } = world;
  b.diskFails = true;
  a.main = 'lost';
  await world.clock.advance(20_000);
  assert.is(world.answering, a);
  const declined = b.log.filter(({ event }) => event === 'pair-offer-declined').length;
  assert.ok(declined >= 2 && declined <= 20_000 / (world.lossSeenMs + world.timing.offerMs) + 1, `${declined} times`);
  b.diskFails = false;
  await handedTo(world, b, 4000);
  await ends(world);
});

test('failover-by-command-to-a-backup-without-main-pbx: it stays there until the next command', async () => {
  const world = await watched();
  const { a, b } = world;
  b.main = 'lost';
  assert.ok(a.pair.failover().ok);
  world.clock.promises = true;
  await handedTo(world, b, 500);
  await world.clock.advance(60_000);
  assert.equal([world.answering, b.pair.status().held], [b, true]);
  assert.ok(b.pair.failback().ok);
  world.clock.promises = true;
  await handedTo(world, a, 500);
  await ends(world);
});

for (const at of ['a', 'b'] as const) {
  test(`failback-by-command-to-a-primary-without-main-pbx, given at ${at === 'a' ? 'the primary' : 'the backup'}: it serves, and hands over at the next loss`, async () => {
    const world = await watched();
    const { a, b } = world;
    a.main = 'lost';
    await handedTo(world, b, 2500);
    assert.ok(world[at].pair.failback().ok);
    world.clock.promises = true;
    await handedTo(world, a, 500);
    await world.clock.advance(60_000);
    assert.equal([world.answering, a.pair.status().held], [a, true]);
    a.main = 'heard';
    await world.clock.advance(100);
    assert.is(a.pair.status().held, false);
    a.main = 'lost';
    await handedTo(world, b, 2500);
    await ends(world);
  });
}

test('partner-with-older-firmware: it says nothing of the main PBX, and nothing moves', async () => {
  const world = await watched();
  world.b.main = 'unknown';
  world.a.main = 'lost';
  const before = changesOf(world);
  await world.clock.advance(60_000);
  assert.equal([world.answering, changesOf(world)], [world.a, before]);
  await ends(world);
});

test.run();
