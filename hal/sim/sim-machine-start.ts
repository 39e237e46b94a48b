import type { MachineStart, StartFacts } from '../machine-start.ts';

/** A machine that tells of its start what the test sets; by itself, of a plain power-up. */
export class SimMachineStart implements MachineStart {
  told: StartFacts;

  constructor(told: Partial<StartFacts> = {}) {
    this.told = { bootId: 'boot-1', watchdogFired: false, otherReset: null, panic: null, ended: null, wiped: false, alarms: [], ...told };
  }

  async facts(): Promise<StartFacts> {
    return this.told;
  }
}
