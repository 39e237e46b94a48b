import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LagMeter } from '../../../firmware/watchdog/lag-meter.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';

test('the worst since the last taking is told, also while it lasts', async () => {
  const clock = new SimClock();
  const meter = new LagMeter(clock);
  meter.start();
  await clock.advance(1000);
  assert.is(meter.take(), 0);
  clock.stall(900);
  await clock.advance(1000);
  clock.stall(400);
  assert.is(meter.take(), 700, "the first was due 200 ms after the stall began");
  await clock.advance(1000);
  meter.stop();
});

test('a stall of the first moments is not held against the thread; the next one is', async () => {
  const clock = new SimClock();
  const meter = new LagMeter(clock);
  meter.start(5000);
  await clock.advance(1000);
  clock.stall(3000);
  assert.is(meter.take(), 0);
  await clock.advance(2000);
  assert.is(meter.take(), 0, 'it is measured now');
  clock.stall(3000);
  await clock.advance(1);
  assert.ok(meter.take() > 2700);
  meter.stop();
});

test('a thread that comes out of its first moments too late is late', async () => {
  const clock = new SimClock();
  const meter = new LagMeter(clock);
  meter.start(5000);
  clock.stall(7000);
  assert.is(meter.take(), 2000);
  meter.stop();
});

test.run();
