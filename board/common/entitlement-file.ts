import { readFile } from 'node:fs/promises';
import type { Settings } from '../../firmware/config/settings.ts';
import type { UnitParts } from '../../firmware/unit-parts.ts';

/** What the configuration names; null = no file. One that cannot be read is no error: the unit says so and serves. */
export async function readEntitlementFile({ entitlement: { file } }: Settings): Promise<UnitParts['entitlement']> {
  if (file === null) return null;
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
}
