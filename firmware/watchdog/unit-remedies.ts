import type { Power } from '../../hal/power.ts';
import type { PairStatus } from '../failover/pair-status.ts';
import { serves } from '../failover/role.ts';
import type { RemedyHands } from './health.ts';
import type { Remedy } from './remedy.ts';

export interface UnitRemediesParts {
  /** Closes the SIP sockets and opens them again. Errors: HalError. */
  readonly reopenSip: () => Promise<void>;
  /** Closes the devices of lines that cannot be used, and opens them again. */
  readonly reopenLines: () => void;
  readonly pair: () => PairStatus;
  /** Ends the process for its supervisor to start it again; null = nobody would. */
  readonly restart: ((cause: string) => void) | null;
  /** null: the board does not allow it. */
  readonly power: Power | null;
}

/** The remedies of a whole unit. */
export class UnitRemedies implements RemedyHands {
  readonly #parts: UnitRemediesParts;

  constructor(parts: UnitRemediesParts) {
    this.#parts = parts;
  }

  offered(): ReadonlySet<Remedy> {
    const { restart, power } = this.#parts;
    const offered = new Set<Remedy>(['reopen-sip', 'reopen-lines']);
    if (this.#partnerIsFit()) offered.add('hand-over');
    if (restart !== null) offered.add('restart-process');
    if (power !== null) offered.add('reboot');
    return offered;
  }

  async take(remedy: Remedy, cause: string): Promise<void> {
    const { reopenSip, reopenLines, restart, power } = this.#parts;
    switch (remedy) {
      case 'reopen-sip':
        return reopenSip();
      case 'reopen-lines':
        return reopenLines();
      case 'hand-over':
        // The ladder says that this unit is not able, its beats tell the partner, and the partner takes over.
        return;
      case 'restart-process':
        return restart?.(cause);
      case 'reboot':
        return power?.reboot(cause);
    }
  }

  #partnerIsFit(): boolean {
    const { role, partner } = this.#parts.pair();
    return serves(role) && partner.life === 'alive' && partner.able && partner.sees;
  }
}
