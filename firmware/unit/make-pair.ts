import { carryOn } from '../calls/carry-on.ts';
import { lossSeenMs } from '../config/watch-times.ts';
import { UnitPair } from '../failover/unit-pair.ts';
import { siteSources } from './site-sources.ts';
import type { WholeUnit } from './whole-unit.ts';

/** Who of the two serves, and what they have in common. `able`: the unit is well enough to serve; `serve`: it does from now on, or falls silent. */
export function makePair(unit: WholeUnit, able: () => boolean, serve: (serving: boolean) => void): UnitPair {
  const { parts } = unit;
  const { media } = parts;
  return new UnitPair(
    {
      ...parts,
      link: (command) => media.send(command),
      able: () => unit.running && able(),
      calls: () => unit.calls.counters.active,
      liveCalls: () => unit.calls.all(),
      carryOn: (kept) => carryOn({ calls: unit.calls, recordings: unit.store.followed, log: parts.log, rtpPorts: unit.media.rtpPorts }, kept),
      busy: () => unit.calls.counters.active > unit.settings.ports / 2,
      mayMirror: () => unit.entitlements.grants('mirror'),
      store: unit.store,
      siteSources: () => siteSources(unit),
      settings: () => unit.settings,
      hearsPbx: (timeoutMs, maxAgeMs) => unit.sip.hearsPbx(timeoutMs, maxAgeMs),
      mainPbx: { heard: () => unit.sip.mainPbx(), lossSeenMs: () => lossSeenMs(unit.settings.sip) },
      serve,
      refreshLamps: () => unit.sip.tellLamps(),
      share: (address) => {
        media.send({ type: 'share', held: address !== null });
        return unit.sip.share(address);
      },
    },
    unit.settings,
  );
}
