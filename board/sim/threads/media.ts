import { runMediaThread } from '../../common/media-thread.ts';
import { LinuxClock } from '../../../hal/drivers/linux/linux-clock.ts';
import { tellThreadMemory } from '../../../hal/drivers/linux/thread-memory.ts';
import { obeyStallOrders } from '../faults/stall.ts';
import { simulatedLines } from '../lines/simulated-lines.ts';

tellThreadMemory('media');
obeyStallOrders();
void runMediaThread((drivers, { lines }) => {
  const simulated = simulatedLines(new LinuxClock(), lines);
  drivers.line.add('sim', () => simulated);
});
