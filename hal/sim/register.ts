import type { DriverSet } from '../driver-set.ts';
import type { SimClock } from './sim-clock.ts';
import type { SimHost } from './sim-host.ts';
import { SimGpio } from './sim-gpio.ts';
import { SimLines } from './sim-line.ts';
import { SimWatchdog } from './sim-watchdog.ts';

/** Adds the simulators of one machine: `host` on its network, `clock` its time, `lines` what is plugged in. */
export function registerSim(drivers: DriverSet, clock: SimClock, host: SimHost, lines: SimLines = new SimLines(clock)): void {
  drivers.watchdog.add('sim', () => new SimWatchdog(clock));
  drivers.gpio.add('sim', () => new SimGpio());
  drivers.line.add('sim', () => lines);
  drivers.datagramBatch.add('sim', async () => host.batch());
}
