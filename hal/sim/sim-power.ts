import { HalError, type HalErrorId } from '../errors.ts';
import type { Power } from '../power.ts';

/** Counts how often the machine would have been restarted. */
export class SimPower implements Power {
  reboots = 0;
  /** As they were given. */
  readonly causes: string[] = [];
  /** The next one fails with this. */
  rebootFails: HalErrorId | null = null;

  async reboot(cause = ''): Promise<void> {
    if (this.rebootFails !== null) throw new HalError(this.rebootFails, 'sim power', 'as the test asked');
    this.reboots += 1;
    this.causes.push(cause);
  }
}
