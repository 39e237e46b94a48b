import type { DriverSet } from '../driver-set.ts';
import type { SimClock } from './sim-clock.ts';
import type { SimHost } from './sim-host.ts';
import { SimWatchdog } from './sim-watchdog.ts';

/** Adds the simulators of one machine: `host` on its network, `clock` its time. */
export function registerSim(drivers: DriverSet, clock: SimClock, host: SimHost): void {
  drivers.watchdog.add('sim', () => new SimWatchdog(clock));
  drivers.datagramBatch.add('sim', async () => host.batch());
}
