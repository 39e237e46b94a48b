import { alive } from '../failover/role-rules.ts';
import { serves } from '../failover/role.ts';
import { keptBackBytes } from '../mailbox/admission.ts';
import { BundleFetcher } from '../update/bundle-fetcher.ts';
import { OwnCall } from '../update/own-call.ts';
import { ownRelease } from '../update/release-facts.ts';
import { UpdateDesk } from '../update/update-desk.ts';
import type { WholeUnit } from './whole-unit.ts';

/** null: the machine's firmware is not the unit's to replace. */
export function makeUpdate(unit: WholeUnit, leave: () => Promise<void>): UpdateDesk | null {
  const { firmware, ...parts } = unit.parts;
  if (firmware === null) return null;
  const { slots, files, downloads, version } = firmware;
  const call = new OwnCall({ ...parts, sip: unit.sip, numbers: () => ownNumbers(unit) });
  const keptBack = (): number => keptBackBytes(unit.settings.messages);
  return new UpdateDesk({
    ...parts, slots, files, version,
    release: firmware.release ?? ownRelease,
    fetcher: new BundleFetcher({ ...parts, downloads, keptBackBytes: keptBack }),
    keptBackBytes: keptBack,
    partner: () => unit.pair.status().partnerSpeaks,
    calls: () => unit.calls.counters.active,
    service: () => service(unit),
    handOver: () => void (unit.settings.pair?.rank === 'primary' ? unit.pair.failover() : unit.pair.failback()),
    standing: () => unit.health.standing,
    ownCall: () => call.place(),
    leave,
  });
}

/** A collect number asks for a mailbox and keeps nothing; a mailbox plays its greeting, and is left before the tone. */
function ownNumbers({ settings: { numbers, mailboxes } }: WholeUnit): readonly string[] {
  return [...numbers.collect.slice(0, 1), ...mailboxes.slice(0, 1).map(({ number }) => number)];
}

function service(unit: WholeUnit): { readonly serves: boolean; readonly partnerFit: boolean } {
  const { role, partner } = unit.pair.status();
  return { serves: serves(role), partnerFit: role !== 'standalone' && alive(partner) && partner.able && partner.sees && !partner.serving };
}
