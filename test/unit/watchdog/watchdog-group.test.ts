import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PinWatchdog } from '../../../firmware/signals/pin-watchdog.ts';
import { WatchdogGroup } from '../../../firmware/watchdog/watchdog-group.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimWatchdog } from '../../../hal/sim/sim-watchdog.ts';

test('all are armed, fed and disarmed together', async () => {
  const clock = new SimClock();
  const [one, other] = [new SimWatchdog(clock), new SimWatchdog(clock)];
  const group = new WatchdogGroup([one, other]);
  assert.is(group.name, 'sim and sim');
  await group.arm(1000);
  await clock.advance(900);
  group.feed();
  await clock.advance(900);
  assert.equal([one.bitAt, other.bitAt], [null, null]);
  await clock.advance(200);
  assert.equal([one.bitAt, other.bitAt], [1900, 1900]);
  await group.disarm();
  assert.equal([one.armed, other.armed], [false, false]);
});

test('one that cannot be had is told, and the others watch all the same', async () => {
  const clock = new SimClock();
  const [missing, there] = [new SimWatchdog(clock), new SimWatchdog(clock)];
  missing.armFails = 'not-found';
  const group = new WatchdogGroup([missing, there]);
  assert.is(await group.arm(1000).then(() => null, (error: { id?: string }) => error.id), 'not-found');
  assert.is(there.armed, true);
  await clock.advance(900);
  group.feed();
  await clock.advance(900);
  assert.is(there.bitAt, null);
});

test('a pin moves with every feed while it is armed, and only then', async () => {
  let moves = 0;
  const pin = new PinWatchdog(() => (moves += 1));
  pin.feed();
  assert.is(moves, 0);
  await pin.arm();
  pin.feed();
  pin.feed();
  assert.is(moves, 3);
  await pin.disarm();
  pin.feed();
  assert.is(moves, 3);
});

test.run();
