import type { Clock } from '../../hal/clock.ts';
import type { Gpio } from '../../hal/gpio.ts';
import type { PairStatus } from '../failover/pair-status.ts';
import { serves } from '../failover/role.ts';
import type { Log } from '../log.ts';
import type { Health } from '../watchdog/health.ts';
import { BoardSignals } from './board-signals.ts';
import type { BoardPin } from './pin-uses.ts';
import type { SignalFacts } from './signal-machine.ts';

/** The pins that a board wires, and what drives them. */
export interface WiredPins {
  readonly driver: Gpio;
  readonly pins: readonly BoardPin[];
}

export interface UnitSignalsParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly wired: WiredPins;
  readonly running: () => boolean;
  readonly stopping: () => boolean;
  readonly health: Health;
  readonly pair: { status(): PairStatus; failover(): { readonly text: string }; failback(): { readonly text: string } };
  /** `UserAgent.aliveMs`. */
  readonly pbxHeardMs: () => number | null;
  readonly newMessages: () => number;
  /** One that goes out on a trunk line of this unit is up, or being set up. */
  readonly emergencyCall: () => boolean;
  /** Errors: HalError. */
  readonly askForReset: () => Promise<void>;
}

/** A PBX that was heard within this time is there; it is asked far more often. */
const pbxHeardWithinMs = 10_000;

/** The signals of a whole unit. */
export function unitSignals({ clock, log, wired, askForReset, ...unit }: UnitSignalsParts): BoardSignals {
  return new BoardSignals({ clock, log, gpio: wired.driver, pins: wired.pins, look: () => look(unit), moveService: () => moveService(unit.pair), askForReset });
}

type Looked = Pick<UnitSignalsParts, 'running' | 'stopping' | 'health' | 'pair' | 'pbxHeardMs' | 'newMessages' | 'emergencyCall'>;

function look({ running, stopping, health, pair, pbxHeardMs, newMessages, emergencyCall }: Looked): Omit<SignalFacts, 'contactsClosed'> {
  const { role, rank, partner } = pair.status();
  const heardMs = pbxHeardMs();
  return {
    phase: stopping() ? 'stopping' : !running() ? 'starting' : serves(role) ? 'serving' : 'standby',
    health: !health.feeding ? 'past-help' : health.standing.length > 0 ? 'ill' : 'well',
    partnerHeard: rank === null ? null : partner.life === 'alive' || partner.life === 'suspect',
    pbxHeard: heardMs === null ? null : heardMs < pbxHeardWithinMs,
    newMessages: newMessages(),
    emergencyCall: emergencyCall(),
  };
}

/** The one of the two that does not serve now shall do so. */
function moveService({ status, failover, failback }: UnitSignalsParts['pair']): string {
  const { rank, role } = status();
  if (rank === null) return 'this unit stands alone, so nothing was moved';
  const primaryServes = (rank === 'primary') === serves(role);
  return (primaryServes ? failover() : failback()).text;
}
