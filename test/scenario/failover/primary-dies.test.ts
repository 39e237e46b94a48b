import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PairWorld } from '../../support/failover/pair-world.ts';

test('first', async () => {
  const world = new PairWorld();
  await world.startBoth();
  world.a.power();
  const ms = await world.until(() => world.b.role === 'backup-active', 3000, 1);
  console.log(ms, world.story());
  world.a.start();
  await world.until(() => world.a.role === 'primary-active' && world.b.role === 'backup-standby', 20000, 1);
  await world.stop();
  console.log(world.story());
  assert.equal(world.clock.pending(), []);
});
test.run();
