import type { Medium, MediumFacts } from '../medium.ts';

/** A medium that tells what the test sets. */
export class SimMedium implements Medium {
  told: MediumFacts = { device: 'sim', kind: 'emmc', wornPercent: 10, spare: 'normal', readOnly: false };

  async facts(): Promise<MediumFacts> {
    return this.told;
  }
}
