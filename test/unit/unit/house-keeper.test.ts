import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HouseKeeper } from '../../../firmware/unit/house-keeper.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';

const minuteMs = 60_000;

class World {
  readonly clock = new SimClock();
  calls = 0;
  readonly ran: [minute: number, ages: boolean][] = [];
  readonly keeper = new HouseKeeper({
    clock: this.clock,
    calls: () => this.calls,
    housekeep: (ages) => void this.ran.push([this.clock.monotonic() / minuteMs, ages]),
  });

  get aged(): number[] {
    return this.ran.filter(([, ages]) => ages).map(([minute]) => minute);
  }
}

test('nobody calls: at the start, and every hour', async () => {
  const { clock, keeper, ran } = new World();
  keeper.start();
  await clock.advance(125 * minuteMs);
  assert.equal(ran, [[0, true], [60, true], [120, true]]);
  keeper.stop();
  assert.equal(clock.pending(), []);
});

test('there is always a call: the trash is looked at every five minutes, and messages grow old every hour all the same', async () => {
  const world = new World();
  world.calls = 1;
  world.keeper.start();
  await world.clock.advance(185 * minuteMs);
  assert.equal(world.aged, [60, 120, 180]);
  assert.is(world.ran.length, 38);
});

test('a moment without calls is used, and the hour begins anew with it', async () => {
  const world = new World();
  world.calls = 1;
  world.keeper.start();
  await world.clock.advance(32 * minuteMs);
  world.calls = 0;
  await world.clock.advance(5 * minuteMs);
  world.calls = 1;
  await world.clock.advance(130 * minuteMs);
  assert.equal(world.aged, [35, 95, 155]);
});

test.run();
