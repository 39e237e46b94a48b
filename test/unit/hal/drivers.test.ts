import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { driverSet } from '../../../hal/driver-set.ts';
import { registerLinux } from '../../../hal/drivers/linux/register.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { registerSim } from '../../../hal/sim/register.ts';

const options = { environment: {}, devicePath: '/dev/watchdog7' };

test('a board picks drivers by name', () => {
  const drivers = driverSet();
  registerLinux(drivers);
  assert.equal(drivers.watchdog.names().map((name) => drivers.watchdog.make(name, options).name), ['systemd', '/dev/watchdog7', 'none', '/dev/watchdog7', 'none']);
  assert.equal(drivers.datagramBatch.names(), ['dgram', 'epoll', 'best']);
});

test('simulators register beside them', async () => {
  const drivers = driverSet();
  const clock = new SimClock();
  registerLinux(drivers);
  registerSim(drivers, clock, new SimNetwork(clock, new SimRandom(1)).host('10.0.0.1'));
  assert.is(drivers.watchdog.make('sim', options).name, 'sim');
  assert.is((await drivers.datagramBatch.make('sim', undefined)).sendFailures, 0);
});

test('an unknown name is refused with those there are, and a name is taken once', () => {
  const drivers = driverSet();
  registerLinux(drivers);
  assert.throws(() => drivers.watchdog.make('nonesuch', options), (error: unknown) => error instanceof HalError && error.id === 'unsupported' && error.message.includes('systemd, device, systemd-if-there, parent-or-device, none'));
  assert.throws(() => registerLinux(drivers), (error: unknown) => error instanceof HalError && error.id === 'already-exists');
});

test.run();
