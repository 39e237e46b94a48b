import type { Storage } from '../../../hal/storage.ts';
import { whileUp, type HealthCheck } from '../health-check.ts';

const mib = 1024 * 1024;

/** `neededBytes`: with less free space callers hear that the mailbox is full. */
export function disk(storage: Storage, neededBytes: () => number): HealthCheck {
  return {
    name: 'disk',
    about: 'there is room for messages',
    runsIn: whileUp,
    everyRounds: 6,
    async look() {
      const { freeBytes } = await storage.space();
      const needed = neededBytes();
      return freeBytes < needed ? `${Math.floor(freeBytes / mib)} MiB are free, and a message needs ${Math.ceil(needed / mib)} MiB with the reserve` : null;
    },
  };
}
