import { DistributedUnit } from '../distributed/distributed-unit.ts';
import { siteSources } from './site-sources.ts';
import type { WholeUnit } from './whole-unit.ts';

/** The unit as one that records for a central unit; null = it is none. Errors: HalError of the storage. */
export async function openDistributed(unit: WholeUnit): Promise<DistributedUnit | null> {
  const { central } = unit.settings;
  const { site } = unit.parts;
  if (central === null || site === null) return null;
  return DistributedUnit.open(
    {
      ...unit.parts, store: unit.store, siteSources: () => siteSources(unit), site, settings: () => unit.settings, pbxSilentMs: () => unit.sip.aliveMs(),
      lampsChanged: () => unit.lamps.allChanged(),
    },
    central,
  );
}
