import type { DriverSet } from '../../driver-set.ts';
import { bestBatch } from './best-batch.ts';
import { DeviceWatchdog } from './device-watchdog.ts';
import { DgramBatch } from './dgram-batch.ts';
import { EpollBatch } from './epoll-batch.ts';
import { NoWatchdog } from './no-watchdog.ts';
import { SystemdWatchdog } from './systemd-watchdog.ts';

/** Adds what any Linux machine has. */
export function registerLinux(drivers: DriverSet): void {
  drivers.watchdog.add('systemd', ({ environment }) => new SystemdWatchdog(environment));
  drivers.watchdog.add('device', ({ devicePath }) => new DeviceWatchdog(devicePath));
  drivers.watchdog.add('none', () => new NoWatchdog());
  drivers.datagramBatch.add('dgram', async () => new DgramBatch());
  drivers.datagramBatch.add('epoll', () => EpollBatch.create());
  drivers.datagramBatch.add('best', async () => (await bestBatch()).batch);
}
