import type { DriverSet } from '../../driver-set.ts';
import type { Watchdog } from '../../watchdog.ts';
import { DahdiDriver } from '../dahdi/dahdi-driver.ts';
import { LinuxDahdiDevices } from '../dahdi/dahdi-device.ts';
import { CdevGpio } from '../gpio/cdev-gpio.ts';
import { V253Driver } from '../v253/v253-driver.ts';
import { bestBatch } from './best-batch.ts';
import { DeviceWatchdog } from './device-watchdog.ts';
import { DgramBatch } from './dgram-batch.ts';
import { EpollBatch } from './epoll-batch.ts';
import { LinuxClock } from './linux-clock.ts';
import { LinuxSerialPorts } from './linux-serial.ts';
import { NoWatchdog } from './no-watchdog.ts';
import { parentPath } from './parent-channel.ts';
import { ParentWatchdog } from './parent-watchdog.ts';
import { SystemdWatchdog } from './systemd-watchdog.ts';

/** Adds what any Linux machine has. */
export function registerLinux(drivers: DriverSet): void {
  drivers.watchdog.add('systemd', ({ environment }) => new SystemdWatchdog(environment));
  drivers.watchdog.add('device', ({ devicePath }) => new DeviceWatchdog(devicePath));
  // For machines where the unit is a service or not, as people like.
  drivers.watchdog.add('systemd-if-there', ({ environment }) => ((environment['NOTIFY_SOCKET'] ?? '') === '' ? new NoWatchdog() : new SystemdWatchdog(environment)));
  // For an appliance, under its own parent or under a supervisor that leaves the device alone.
  drivers.watchdog.add('parent-or-device', ({ environment, devicePath }) => parentOr(environment, () => new DeviceWatchdog(devicePath)));
  drivers.watchdog.add('none', () => new NoWatchdog());
  drivers.gpio.add('cdev', () => new CdevGpio());
  drivers.line.add('v253', () => v253(new LinuxClock()));
  drivers.line.add('dahdi', () => new DahdiDriver(new LinuxClock(), new LinuxDahdiDevices()));
  drivers.datagramBatch.add('dgram', async () => new DgramBatch());
  drivers.datagramBatch.add('epoll', () => EpollBatch.create());
  drivers.datagramBatch.add('best', async () => (await bestBatch()).batch);
}

const v253 = (clock: LinuxClock): V253Driver => new V253Driver(new LinuxSerialPorts(clock), clock);

function parentOr(environment: Readonly<Record<string, string | undefined>>, other: () => Watchdog): Watchdog {
  const parent = parentPath(environment);
  return parent === null ? other() : new ParentWatchdog(parent);
}
