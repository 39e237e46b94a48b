/** Digits as in-band tones (ITU-T Q.23); the high tone 2 dB stronger, against the loss of the line. */
import { DualTone } from './dual-tone.ts';
import { tonesOf } from './dtmf-tones.ts';

const rowLevelDbm0 = -9;
const columnLevelDbm0 = -7;

export class DtmfGenerator {
  readonly #tone = new DualTone();

  /** Starts a digit of `ms`; false = no DTMF digit. */
  begin(digit: string, ms: number): boolean {
    const tones = tonesOf(digit);
    if (tones === null) return false;
    this.#tone.begin(tones[0], rowLevelDbm0, tones[1], columnLevelDbm0, ms);
    return true;
  }

  get done(): boolean {
    return this.#tone.done;
  }

  /** As `DualTone.fill`. */
  fill(out: Uint8Array, at: number, samples: number, encode: Uint8Array): number {
    return this.#tone.fill(out, at, samples, encode);
  }
}
