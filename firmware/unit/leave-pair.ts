import type { WholeUnit } from './whole-unit.ts';

/** Says goodbye to the partner and to the site. Never rejects: whatever the disk says, calls must still be ended and stored. */
export async function leavePair({ distributed, pair, parts: { log } }: Pick<WholeUnit, 'distributed' | 'pair' | 'parts'>): Promise<void> {
  await distributed?.stop().catch((error: unknown) => log.write('error', 'site-not-left', `The site could not be left in good order: ${String(error)}`));
  await pair.stop().catch((error: unknown) => log.write('error', 'pair-not-left', `The pair could not be left in good order: ${String(error)}`));
}
