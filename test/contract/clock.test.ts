import { test } from 'uvu';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { clockContract } from './clock-contract.ts';
import { realTime, virtualTime } from './passing.ts';

clockContract('linux', () => ({ clock: new LinuxClock(), passing: realTime }));
clockContract('sim', () => {
  const clock = new SimClock();
  return { clock, passing: virtualTime(clock) };
});

test.run();
