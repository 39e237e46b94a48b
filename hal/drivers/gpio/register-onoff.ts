import type { DriverSet } from '../../driver-set.ts';
import { OnoffGpio } from './onoff-gpio.ts';

/** For boards whose kernel has GPIO in sysfs only: their entry adds it, so that no other board carries the addon, which is compiled for one version of Node. */
export function registerOnoff(drivers: DriverSet): void {
  drivers.gpio.add('onoff', () => new OnoffGpio());
}
