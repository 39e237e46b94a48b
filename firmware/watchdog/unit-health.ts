import { allowanceBytes, keptBackBytes } from '../mailbox/admission.ts';
import type { MediaEvent } from '../media/media-protocol.ts';
import type { PairStatus } from '../failover/pair-status.ts';
import { serves } from '../failover/role.ts';
import type { Settings } from '../config/settings.ts';
import type { LineDesk } from '../lines/line-desk.ts';
import type { UserAgent } from '../sip/user-agent.ts';
import type { MonotonicMs } from '../../hal/clock.ts';
import type { UnitParts } from '../unit-parts.ts';
import { clock as clockCheck } from './checks/clock.ts';
import { controlLoop } from './checks/control-loop.ts';
import { disk } from './checks/disk.ts';
import { lines as linesCheck } from './checks/lines.ts';
import { mediaDeadlines } from './checks/media-deadlines.ts';
import { mediaThread } from './checks/media-thread.ts';
import { medium as mediumCheck } from './checks/medium.ts';
import { memory } from './checks/memory.ts';
import { sip } from './checks/sip.ts';
import { store } from './checks/store.ts';
import type { HealthCheck, UnitState } from './health-check.ts';
import { Health } from './health.ts';
import { LagMeter } from './lag-meter.ts';
import { UnitRemedies } from './unit-remedies.ts';

export interface UnitHealthParts extends Pick<UnitParts, 'clock' | 'log' | 'storage' | 'watchdog' | 'process' | 'memoryBudgetBytes' | 'power' | 'medium'> {
  readonly sip: Pick<UserAgent, 'reopen' | 'probeSelf'>;
  readonly lines: Pick<LineDesk, 'alarms' | 'reopen'>;
  readonly pair: () => PairStatus;
  readonly settings: () => Settings;
  /** It takes calls: between its start and its stop. */
  readonly running: () => boolean;
  readonly stopping: () => boolean;
  readonly calls: () => number;
  /** By how much the unit has moved the time of day itself. */
  readonly ownStepsMs: () => number;
  readonly mediaHeard: () => MonotonicMs;
  readonly mediaHealth: () => Extract<MediaEvent, { type: 'health' }> | null;
}

/**
 * What the start leaves for after the first calls, like consoles and the giving back of memory, may take longer on a small machine than any call would bear. It
 * comes once; were it found at the first look, the unit would not be taken for well before the second.
 */
const unmeasuredMs = 5000;

/** The checks and remedies of a whole unit. */
export class UnitHealth {
  readonly #parts: UnitHealthParts;
  readonly #lag: LagMeter;
  readonly #health: Health;

  constructor(parts: UnitHealthParts) {
    this.#parts = parts;
    this.#lag = new LagMeter(parts.clock);
    this.#health = new Health({
      ...parts,
      checks: this.#checks(),
      hands: new UnitRemedies({ reopenSip: () => parts.sip.reopen(), reopenLines: () => parts.lines.reopen(), pair: parts.pair, restart: parts.process.restart, power: parts.power }),
      state: () => this.#state(),
      callsInProgress: () => parts.calls() > 0,
      told: (status) => parts.process.status(status),
    });
  }

  async start(): Promise<void> {
    const { everySec, watchdogSec } = this.#parts.settings().health;
    this.#lag.start(unmeasuredMs);
    await this.#health.start({ roundMs: everySec * 1000, watchdogMs: watchdogSec * 1000 });
  }

  async stop(): Promise<void> {
    this.#lag.stop();
    await this.#health.stop();
  }

  /**
   * Whether the partner may leave the service to this unit. One that is sick may not, as long as the partner is there; once it is gone, a unit
   * that cannot record still answers, says so to callers, and lets owners listen.
   */
  get able(): boolean {
    const { life } = this.#parts.pair().partner;
    return this.#health.able || (life !== 'alive' && life !== 'suspect');
  }

  get of(): Health {
    return this.#health;
  }

  #state(): UnitState {
    const { running, stopping, pair } = this.#parts;
    if (stopping()) return 'stopping';
    if (!running()) return 'starting';
    return serves(pair().role) ? 'serving' : 'standby';
  }

  #checks(): readonly HealthCheck[] {
    const { clock, storage, settings, mediaHeard, mediaHealth, memoryBudgetBytes, process, medium } = this.#parts;
    const neededBytes = (): number => keptBackBytes(settings().messages) + allowanceBytes(settings().messages);
    return [
      controlLoop(() => this.#lag.take()),
      mediaThread(clock, { lastHeard: mediaHeard, worstLagMs: () => mediaHealth()?.worstLagMs ?? null }),
      mediaDeadlines(mediaHealth),
      store(storage),
      sip(() => this.#parts.sip.probeSelf()),
      memory(memoryBudgetBytes, () => process.residentBytes()),
      disk(storage, neededBytes),
      clockCheck(clock, this.#parts.ownStepsMs),
      linesCheck(() => this.#parts.lines.alarms()),
      ...(medium === undefined ? [] : [mediumCheck(medium)]),
    ];
  }
}
