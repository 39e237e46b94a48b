import { askForReset } from '../lifecycle/factory-reset.ts';
import type { WholeUnit } from './whole-unit.ts';

/** So long the lamp confirms that the unit will be reset, and the console's answer can leave, before it starts anew. */
export const resetShownMs = 5000;

/**
 * Notes the reset on the disk and starts the unit anew, whose start wipes the data folder. Resolves when it is noted; to false where nobody
 * would start the unit again, so that a person must. Errors: HalError of the storage; then nothing will be wiped.
 */
export async function resetUnit({ parts: { clock, storage, process } }: WholeUnit, cause: string): Promise<boolean> {
  await askForReset(storage);
  const { restart } = process;
  if (restart === null) return false;
  clock.after('factory reset', resetShownMs, () => restart.call(process, cause));
  return true;
}
