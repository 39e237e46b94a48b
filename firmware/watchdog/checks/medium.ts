import type { Medium, MediumFacts } from '../../../hal/medium.ts';
import { whileUp, type HealthCheck } from '../health-check.ts';

/** From here on somebody should have a new one at hand, in percent of its rated life. */
const wornOutPercent = 90;

/** Flash memory wears out and tells before it fails; a file system goes read-only after an error. A medium that tells nothing is well. */
export function medium(of: Medium): HealthCheck {
  return {
    name: 'medium',
    about: 'the storage is not worn out and takes writes',
    runsIn: whileUp,
    everyRounds: 12,
    look: async () => mediumFault(await of.facts()),
  };
}

function mediumFault({ device, wornPercent, spare, readOnly }: MediumFacts): string | null {
  if (readOnly) return 'the file system of the data takes no writes any more: an error was found on it, and the next start of the machine checks it';
  if (spare === 'nearly-gone' || spare === 'low') return `the storage ${device} has ${spare === 'low' ? 'few' : 'hardly any'} spare blocks left: replace it`;
  if (wornPercent !== null && wornPercent >= wornOutPercent) return `the storage ${device} has used ${wornPercent > 100 ? 'more than all' : `up to ${wornPercent} %`} of its rated life: replace it`;
  return null;
}
