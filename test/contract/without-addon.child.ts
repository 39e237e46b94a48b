import { bestBatch } from '../../hal/drivers/linux/best-batch.ts';
import { LinuxAddressHolder } from '../../hal/drivers/linux/linux-address-holder.ts';
import { LinuxReachability } from '../../hal/drivers/linux/linux-reachability.ts';
import { askForPriority } from '../../hal/drivers/linux/scheduling.ts';
import { openSystemdNotify } from '../../hal/drivers/linux/systemd-notify.ts';
import { SystemdWatchdog } from '../../hal/drivers/linux/systemd-watchdog.ts';
import { PcapCapture } from '../../hal/drivers/pcap/pcap-capture.ts';
import { HalError } from '../../hal/errors.ts';

const environment = { NOTIFY_SOCKET: '/run/systemd/notify' };
(await openSystemdNotify(environment)).ready('goes nowhere');
const id = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'nothing refused',
    (error: unknown) => (error instanceof HalError ? error.id : String(error)),
  );
const armed = await id(new SystemdWatchdog(environment).arm(1000));
const shared = { interface: 'lo', address: '127.0.0.9', prefixBits: 8 };
const holder = new LinuxAddressHolder();
const addresses = [await id(holder.add(shared)), await id(holder.announce(shared)), await id(holder.remove(shared)), await id(holder.held(shared))];
const network = new LinuxReachability();
const reachability = [await id(network.answers('127.0.0.1', 100)), await id(network.watchCarrier('lo', () => {}))];
const capture = await id(new PcapCapture().open([]));
const { name, reason } = await bestBatch();
console.log(JSON.stringify({ armed, addresses, reachability, capture, name, reason, policy: (await askForPriority()).policy }));
