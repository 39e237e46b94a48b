import type { Storage } from '../../../hal/storage.ts';
import { writeProbe } from '../../mailbox/store-probe.ts';
import { whileUp, type HealthCheck } from '../health-check.ts';

/** A write for each look wears the flash: once a minute is 1440 small ones a day. */
const everyRounds = 12;

/** A file of its own is written, synced and removed. A disk that is only full is the business of `disk`. */
export function store(storage: Storage): HealthCheck {
  return {
    name: 'store',
    about: 'messages can be written',
    runsIn: whileUp,
    everyRounds,
    async look() {
      const refusal = await writeProbe(storage, 'health-probe');
      return refusal === null || refusal.id === 'no-space' ? null : `the store takes no writes (${refusal.message})`;
    },
  };
}
