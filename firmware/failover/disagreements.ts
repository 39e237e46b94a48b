import type { Log } from '../log.ts';
import type { PartnerView } from './role.ts';

const texts = {
  'same-rank': 'The partner has the same rank as this unit: make one the primary and one the backup. Until then neither hands over to the other.',
  'other-beat': 'The partner beats at another interval: set beatMs the same on both. Until then the slower one decides when a unit is dead, and neither hands over to the other.',
};

/** Tells once when the settings of the two cannot both be right. */
export class Disagreements {
  readonly #log: Log;
  #told: PartnerView['disagreement'] = null;

  constructor(log: Log) {
    this.#log = log;
  }

  look({ disagreement }: PartnerView): void {
    if (disagreement !== null && disagreement !== this.#told) this.#log.write('alert', 'pair-disagrees', texts[disagreement]);
    this.#told = disagreement;
  }
}
