// In a process namespace of its own, where reboot(2) ends the namespace and not the machine (pid_namespaces(7)).
import { LinuxPower } from '../../hal/drivers/linux/linux-power.ts';

if (process.pid !== 1) throw new Error('not in a process namespace: this would restart the machine');
await new LinuxPower('/nonexistent').reboot();
setInterval(() => undefined, 1000);
