import { HalError } from '../../hal/errors.ts';
import { pairNames } from '../failover/homecoming/pair-names.ts';
import { alive } from '../failover/role-rules.ts';
import { serves } from '../failover/role.ts';
import { keptBackBytes } from '../mailbox/admission.ts';
import { BundleFetcher } from '../update/bundle-fetcher.ts';
import { OwnCall } from '../update/own-call.ts';
import { ownRelease } from '../update/release-facts.ts';
import { PairUpdate } from '../update/pair/pair-update.ts';
import { UpdateDesk } from '../update/update-desk.ts';
import type { WholeUnit } from './whole-unit.ts';

/** The unit's own firmware, and that of the pair. */
export interface UnitUpdate {
  readonly desk: UpdateDesk;
  readonly pair: PairUpdate;
}

/** null: the machine's firmware is not the unit's to replace. */
export function makeUpdate(unit: WholeUnit, leave: () => Promise<void>): UnitUpdate | null {
  const { firmware, ...parts } = unit.parts;
  if (firmware === null) return null;
  const { slots, files, downloads, version } = firmware;
  const call = new OwnCall({ ...parts, sip: unit.sip, numbers: () => ownNumbers(unit) });
  const keptBack = (): number => keptBackBytes(unit.settings.messages);
  const fetcher = new BundleFetcher({ ...parts, downloads, keptBackBytes: keptBack });
  const desk = new UpdateDesk({
    ...parts, slots, files, version, fetcher, leave,
    release: firmware.release ?? ownRelease,
    keptBackBytes: keptBack,
    partner: () => unit.pair.status().partnerSpeaks,
    calls: () => unit.calls.counters.active,
    service: () => service(unit),
    handOver: () => void (unit.settings.pair?.rank === 'primary' ? unit.pair.failover() : unit.pair.failback()),
    doubts: () => unit.health.doubts,
    endProgram: unit.parts.process.restart,
    held: () => pair.holds,
    ownCall: () => call.place(),
  });
  const pair: PairUpdate = new PairUpdate({
    ...parts, desk, files, fetcher,
    service: () => service(unit),
    names: () => (unit.pair.pairing === null ? null : pairNames(unit.pair.pairing.identity.fingerprint, unit.pair.pairing.keys())),
    dial: (name) => (unit.pair.pairing === null ? Promise.reject(new HalError('not-found', 'pair', 'this unit has no partner')) : unit.pair.pairing.dial(name)),
  });
  return { desk, pair };
}

/** A collect number asks for a mailbox and keeps nothing; a mailbox plays its greeting, and is left before the tone. */
function ownNumbers({ settings: { numbers, mailboxes } }: WholeUnit): readonly string[] {
  return [...numbers.collect.slice(0, 1), ...mailboxes.slice(0, 1).map(({ number }) => number)];
}

function service(unit: WholeUnit): { readonly serves: boolean; readonly partnerFit: boolean } {
  const { role, partner } = unit.pair.status();
  return { serves: serves(role), partnerFit: role !== 'standalone' && alive(partner) && partner.able && partner.sees && !partner.serving };
}
