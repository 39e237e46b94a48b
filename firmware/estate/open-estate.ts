import { openIdentity } from '../failover/identity.ts';
import type { UnitPair } from '../failover/unit-pair.ts';
import type { Entitlements } from '../entitlement/entitlements.ts';
import type { Settings } from '../config/settings.ts';
import type { UnitParts } from '../unit-parts.ts';
import type { UnitFacts } from './estate-parts.ts';
import { Estate } from './estate.ts';

/** What of a unit the estate sees. */
export interface UnitOfEstate {
  readonly parts: UnitParts;
  readonly settings: Settings;
  readonly pair: UnitPair;
  readonly entitlements: Entitlements;
  readonly calls: { readonly counters: { readonly active: number } };
}

/** The unit's estate, already at work; null = it has none, or its disk does not let it, which must not keep the unit from serving. */
export async function openEstate(unit: UnitOfEstate): Promise<Estate | null> {
  const { parts, pair } = unit;
  const { estate } = unit.settings;
  if (estate === null) return null;
  if (!unit.entitlements.grants('estate')) {
    parts.log.write('warning', 'estate-withheld', 'The unit is not entitled to an estate: no broker is told anything.');
    return null;
  }
  try {
    const identity = await openIdentity(parts.storage, parts.random, parts.log);
    const opened = await Estate.open(
      {
        ...parts,
        identity,
        name: () => unit.settings.unit.name,
        commandKeys: () => unit.settings.estate?.commandKeys ?? [],
        partnerKey: (one) => pair.partnerKey(one),
        facts: () => factsOf(unit),
        actions: { failover: () => pair.failover(), failback: () => pair.failback(), rollback: (version) => rollback(pair, version), lookAtPartner: () => pair.lookAtPartner() },
      },
      estate,
    );
    opened.start();
    return opened;
  } catch (error) {
    parts.log.write('alert', 'estate-not-opened', `The unit serves without its estate, because its disk does not let it: ${String(error)}`);
    return null;
  }
}

function factsOf({ pair, calls, settings }: UnitOfEstate): UnitFacts {
  const { role, epoch } = pair.status();
  const current = pair.site?.current ?? null;
  const site = current === null ? null : { version: current.manifest.version, hash: current.hash, epoch: current.manifest.epoch };
  return { role: settings.pair === null ? 'alone' : role, epoch, serves: pair.serves, calls: calls.counters.active, site };
}

async function rollback({ site }: UnitPair, version: number): Promise<{ ok: boolean; text: string }> {
  if (site === null) return { ok: false, text: 'not done: this unit shares nothing' };
  await site.rollback(version);
  return { ok: true, text: `greetings and settings are those of version ${version} again, as version ${site.current?.manifest.version ?? version}; PINs stayed` };
}
