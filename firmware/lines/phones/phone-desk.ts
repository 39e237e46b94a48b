import type { LegHandlers, Party } from '../../sip/leg.ts';
import type { LineRun } from '../line-run.ts';
import type { PhoneLeg } from './phone-leg.ts';
import type { PhonePortParts } from './phone-port.ts';
import { PhonePort } from './phone-port.ts';

export type PhoneDeskParts = Omit<PhonePortParts, 'legId'>;

/** All phone ports of the unit. */
export class PhoneDesk {
  readonly #ports: ReadonlyMap<string, PhonePort>;
  #nextLeg = 1;

  constructor(parts: PhoneDeskParts, runs: readonly LineRun[]) {
    const ports = runs.map((run) => new PhonePort({ ...parts, legId: () => `t${this.#nextLeg++}` }, run));
    this.#ports = new Map(ports.map((port) => [port.number, port]));
  }

  has(number: string): boolean {
    return this.#ports.has(number);
  }

  /** null = no phone port has this number. */
  ring(number: string, caller: Party, handlers: LegHandlers): PhoneLeg | null {
    return this.#ports.get(number)?.ring(caller, handlers) ?? null;
  }

  /** What the telephone on this line does; null = it is no phone port. */
  port(run: LineRun): PhonePort | null {
    return [...this.#ports.values()].find((port) => port.run === run) ?? null;
  }

  /** Every lamp as it should be: the unit serves from now on. */
  showLamps(): void {
    for (const port of this.#ports.values()) port.showLamp();
  }

  /** The messages of this mailbox have changed. */
  mailboxChanged(mailbox: string): void {
    this.#ports.get(mailbox)?.showLamp();
  }
}
