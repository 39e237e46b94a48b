import type { Watchdog } from '../../hal/watchdog.ts';

/** Several watchdogs, fed together. */
export class WatchdogGroup implements Watchdog {
  readonly name: string;
  readonly #members: readonly Watchdog[];

  constructor(members: readonly Watchdog[]) {
    this.#members = members;
    this.name = members.map(({ name }) => name).join(' and ');
  }

  /** All that can be had are armed; the first refusal is told all the same. Errors: those of the members. */
  async arm(timeoutMs: number): Promise<void> {
    const refusals: unknown[] = [];
    for (const member of this.#members) await member.arm(timeoutMs).catch((error: unknown) => void refusals.push(error));
    if (refusals.length > 0) throw refusals[0];
  }

  feed(): void {
    for (const member of this.#members) member.feed();
  }

  async disarm(): Promise<void> {
    for (const member of this.#members) await member.disarm();
  }
}
