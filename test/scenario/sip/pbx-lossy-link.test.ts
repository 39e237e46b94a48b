// Packets are lost on the way to a PBX that is well: that is no loss of the PBX.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../support/figure.ts';
import type { LinkFaults } from '../../../hal/sim/sim-net.ts';
import type { PbxWorld } from '../../support/sip/sim-pbx.ts';
import { pbxWorld, pbxWorldEnds } from '../../support/sip/sim-pbx.ts';

async function during(faults: Partial<LinkFaults>, minutes: number, seed: number): Promise<PbxWorld> {
  const world = await pbxWorld({ seed });
  world.network.faultAll(faults);
  await world.clock.advance(minutes * 60_000);
  return world;
}

const runs = 4;

for (const percent of [5, 20]) {
  test(`${percent}-percent-loss-is-no-loss-of-the-pbx: no change in ${runs} times ten minutes`, async () => {
    let told = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const world = await during({ loss: percent / 100 }, 10, seed * 100 + percent);
      told += world.events().length;
      assert.is(world.registeredAt(), 'a', `seed ${seed}`);
      world.network.faultAll({ loss: 0 });
      await pbxWorldEnds(world);
    }
    figure(`${percent} % of the packets lost each way: ${told} false losses of a PBX in ${runs * 10} min`);
    assert.is(told, 0);
  });
}

test('a way of 700 ms there and back, longer than a question waits: no change', async () => {
  const world = await during({ delayMs: 350 }, 2, 3);
  assert.equal([world.events(), world.registeredAt()], [[], 'a']);
  world.network.faultAll({ delayMs: 0.5 });
  await world.clock.advance(2000);
  await pbxWorldEnds(world);
});

test('a line that is dead for a second every ten: no change', async () => {
  const world = await pbxWorld();
  for (let round = 0; round < 30; round++) {
    world.network.partition('10.0.0.1', '10.0.0.2');
    await world.clock.advance(1000);
    world.network.heal('10.0.0.1', '10.0.0.2');
    await world.clock.advance(9000 + round);
  }
  assert.equal([world.events(), world.registeredAt()], [[], 'a']);
  await pbxWorldEnds(world);
});

test('what is sent twice or overtaken on the way disturbs nothing', async () => {
  const world = await during({ duplicate: 0.2, reorder: 0.2, reorderByMs: 400, jitterMs: 50 }, 2, 4);
  assert.equal([world.events(), world.registeredAt()], [[], 'a']);
  world.network.faultAll({ duplicate: 0, reorder: 0, jitterMs: 0 });
  await world.clock.advance(2000);
  await pbxWorldEnds(world);
});

test.run();
