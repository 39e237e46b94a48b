import type { PairSettings } from '../config/settings.ts';
import { Carriers } from './carriers.ts';
import type { PairParts } from './pair-parts.ts';
import type { PairTiming } from './pair-timing.ts';
import type { Report } from '../witness/lease.ts';
import type { WitnessStatus } from './pair-status.ts';
import { References } from './references.ts';
import { noWitness, type PartnerView, type RoleInput, type WitnessView } from './role.ts';
import { WayCarriers } from './way-carriers.ts';
import { WitnessClient } from './witness-client.ts';

/** An answer of the reference that comes so soon after the partner's last beat may have come before the cut that silenced both. */
const staleBeats = 2;

export interface SurroundingsUser {
  /** Something may be seen that was not, or no more. */
  readonly changed: () => void;
  /** For the witness. */
  readonly report: () => Omit<Report, 'wonders'>;
  readonly pathCarrier: (path: number, up: boolean) => void;
}

/** What the unit sees beside its partner: the references, the cables and the witness. */
export class PairSurroundings {
  readonly #parts: PairParts;
  readonly #settings: PairSettings;
  readonly #references: References;
  readonly #carriers: Carriers;
  readonly #ways: WayCarriers;
  readonly #witness: WitnessClient | null;

  constructor(parts: PairParts, settings: PairSettings, timing: PairTiming, user: SurroundingsUser) {
    const { clock, reachability, pbxAlive, log } = parts;
    this.#parts = parts;
    this.#settings = settings;
    this.#references = new References({ clock, reachability, addresses: settings.references, pbxAlive, timing, changed: user.changed });
    this.#carriers = new Carriers(reachability, log);
    this.#ways = new WayCarriers(parts, settings.partner, user.pathCarrier);
    this.#witness = settings.witness === null ? null : new WitnessClient({ ...parts, timing, report: user.report, changed: user.changed }, settings.witness, settings.rank);
  }

  start(): void {
    this.#references.start();
    this.#witness?.start();
    this.#ways.start();
    if (this.#settings.interface !== null) this.#carriers.watch(this.#settings.interface, (up) => this.#references.carrier(up));
  }

  stop(): void {
    this.#references.stop();
    this.#witness?.stop();
    this.#carriers.close();
    this.#ways.close();
  }

  /** What was seen before the partner fell silent says nothing about where callers are served now. */
  partner(partner: PartnerView, silentMs: number): void {
    const { life } = partner;
    // A goodbye or a refusal came over the network: this unit is not the one that was cut off.
    const quiet = life === 'suspect' || life === 'dead';
    this.#references.silence(quiet ? this.#parts.clock.monotonic() - silentMs + staleBeats * this.#settings.beatMs : null);
    this.#witness?.partner(partner);
  }

  /** A reference answers, for the beats. */
  get sees(): boolean {
    return this.#references.sees;
  }

  get witness(): WitnessView {
    return this.#witness?.view ?? noWitness;
  }

  /** null: none is configured. */
  witnessStatus(): WitnessStatus | null {
    return this.#witness?.status() ?? null;
  }

  /** What this unit is may have changed: the witness hears of it at once. */
  tell(): void {
    this.#witness?.look();
  }

  get reference(): Extract<RoleInput, { type: 'reference' }> {
    return { type: 'reference', visible: this.#references.fresh, steady: this.#references.steady };
  }
}
