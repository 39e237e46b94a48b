import { flowsFolder } from '../../firmware/flows/flow-desk.ts';
import type { ShelfParts } from '../../firmware/flows/audio-shelf.ts';
import { makeFolder } from '../../firmware/flows/make-folder.ts';
import { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxRandom } from '../../hal/drivers/linux/linux-random.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { logToStandardError } from './standard-error-log.ts';

/**
 * Changes what a data folder keeps for call flows, while no unit runs on it: that would not know of the change. Answers what `change` does.
 * Errors: HalError busy while one runs, and those of the folder.
 */
export async function changingFlows(folder: string, change: (parts: ShelfParts) => Promise<number>): Promise<number> {
  const storage = await LinuxStorage.at(folder);
  const unlock = await storage.lock('unit.lock');
  try {
    const clock = new LinuxClock();
    const log = new UnitLog(clock, 'warning');
    logToStandardError(log, false);
    await makeFolder(storage, flowsFolder);
    return await change({ storage, clock, log, random: new LinuxRandom() });
  } finally {
    await unlock();
  }
}
