import { serves } from '../../../firmware/failover/role.ts';
import type { PairWorld } from './pair-world.ts';

/** Two that serve when a witness begins to hear both know of each other after so long: a report of each, the holder's answer, the next report. */
const foundOutMs = 1250;
/** Where it has heard both for `provenMs`, the second begins only when the first has lost its lease, and the first hears of it with its next report. */
const bothServeMs = 400;
const provenMs = 1000;

/** With a witness that both reach, never two serve for longer than it takes to find out; nor does a witness grant both. */
export class WitnessInvariant {
  readonly #world: PairWorld;
  /** null: nobody has looked yet. */
  #soundMs: number | null = null;
  #singleMs = 0;
  longestMs = 0;

  constructor(world: PairWorld) {
    this.#world = world;
  }

  look(nowMs: number): void {
    const { units: [a, b], witness } = this.#world;
    if (witness === null) return;
    const sound = witness.knows && this.#world.units.every((unit) => unit.well && !unit.holderFails && this.#reaches(unit.name));
    if (this.#soundMs === null) this.#singleMs = nowMs;
    if (!sound || this.#soundMs === null) this.#soundMs = nowMs;
    const both = sound && serves(a.role) && serves(b.role) && a.serving && b.serving;
    if (!both) this.#singleMs = nowMs;
    const forMs = nowMs - Math.max(this.#soundMs, this.#singleMs);
    this.longestMs = Math.max(this.longestMs, forMs);
    const limitMs = this.#singleMs - this.#soundMs >= provenMs ? bothServeMs : foundOutMs;
    if (forMs > limitMs) throw new Error(`both have served for ${forMs} ms though the witness hears both`);
  }

  #reaches(unit: 'A' | 'B'): boolean {
    const { network, witness, units } = this.#world;
    const host = (unit === 'A' ? units[0] : units[1]).hosts[2];
    if (host === undefined || witness === null) return false;
    return !this.#world.lossyWitness && network.passes(host, witness.host) && network.passes(witness.host, host);
  }
}
