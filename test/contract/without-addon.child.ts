import { bestBatch } from '../../hal/drivers/linux/best-batch.ts';
import { askForPriority } from '../../hal/drivers/linux/scheduling.ts';
import { openSystemdNotify } from '../../hal/drivers/linux/systemd-notify.ts';
import { SystemdWatchdog } from '../../hal/drivers/linux/systemd-watchdog.ts';
import { HalError } from '../../hal/errors.ts';

const environment = { NOTIFY_SOCKET: '/run/systemd/notify' };
(await openSystemdNotify(environment)).ready('goes nowhere');
const armed = await new SystemdWatchdog(environment).arm(1000).then(
  () => 'armed',
  (error: unknown) => (error instanceof HalError ? error.id : String(error)),
);
const { name, reason } = await bestBatch();
console.log(JSON.stringify({ armed, name, reason, policy: (await askForPriority()).policy }));
