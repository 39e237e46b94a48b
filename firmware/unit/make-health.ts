import { PinWatchdog } from '../signals/pin-watchdog.ts';
import { UnitHealth } from '../watchdog/unit-health.ts';
import { WatchdogGroup } from '../watchdog/watchdog-group.ts';
import type { WholeUnit } from './whole-unit.ts';

export function makeHealth(unit: WholeUnit): UnitHealth {
  const { pins, watchdog } = unit.parts;
  const wired = pins?.pins.some(({ use }) => use === 'watchdog') === true;
  return new UnitHealth({
    ...unit.parts,
    watchdog: wired ? new WatchdogGroup([watchdog, new PinWatchdog(() => unit.signals?.toggle('watchdog'))]) : watchdog,
    sip: unit.sip,
    lines: unit.lines,
    pair: () => unit.pair.status(),
    settings: () => unit.settings,
    running: () => unit.running,
    stopping: () => unit.stopping,
    calls: () => unit.calls.counters.active,
    ownStepsMs: () => unit.time?.steppedMs ?? 0,
    mediaHeard: () => unit.media.heardMs,
    mediaHealth: () => unit.media.health,
  });
}
