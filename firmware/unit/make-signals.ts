import type { BoardSignals } from '../signals/board-signals.ts';
import { unitSignals } from '../signals/unit-signals.ts';
import { resetUnit } from './reset-unit.ts';
import type { WholeUnit } from './whole-unit.ts';

/** null: the board has no pins. */
export function makeSignals(unit: WholeUnit): BoardSignals | null {
  const { clock, log, pins } = unit.parts;
  if (pins === null) return null;
  return unitSignals({
    clock,
    log,
    wired: pins,
    running: () => unit.running,
    stopping: () => unit.stopping,
    health: unit.health,
    pair: { status: () => unit.pair.status(), failover: () => unit.pair.failover(), failback: () => unit.pair.failback() },
    pbxHeardMs: () => unit.sip.aliveMs(),
    newMessages: () => unit.lamps.newMessages(),
    emergencyCall: () => unit.calls.emergency,
    askForReset: async () => void (await resetUnit(unit, 'the reset button was held')),
  });
}
