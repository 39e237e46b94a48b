import type { LineHappening } from '../../hal/line.ts';
import type { DisconnectSign } from './disconnect-sign.ts';
import { disconnectSigns } from './disconnect-sign.ts';
import type { LineTold } from './line-state.ts';

/** Since the start of the unit. */
export interface LineCounts {
  readonly offered: number;
  readonly answered: number;
  /** The caller hung up before anybody answered. */
  readonly gaveUp: number;
  /** Calls that were dialled out. */
  readonly placed: number;
  readonly callsFailed: number;
  readonly glare: number;
  readonly disconnects: Readonly<Record<DisconnectSign, number>>;
  readonly alarms: number;
  readonly losses: number;
  /** Samples. */
  readonly underrun: number;
  readonly overrun: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export class LineCounters {
  readonly #disconnects = Object.fromEntries(disconnectSigns.map((sign) => [sign, 0])) as Record<DisconnectSign, number>;
  readonly #counts: Mutable<LineCounts> = { offered: 0, answered: 0, gaveUp: 0, placed: 0, callsFailed: 0, glare: 0, disconnects: this.#disconnects, alarms: 0, losses: 0, underrun: 0, overrun: 0 };

  get counts(): LineCounts {
    return this.#counts;
  }

  lost(): void {
    this.#counts.losses += 1;
  }

  happened(happening: LineHappening): void {
    if (happening.type === 'underrun') this.#counts.underrun += happening.samples;
    if (happening.type === 'overrun') this.#counts.overrun += happening.samples;
  }

  told(told: LineTold): void {
    const counts = this.#counts;
    if (told.type === 'offered') counts.offered += 1;
    else if (told.type === 'answered') counts.answered += 1;
    else if (told.type === 'gave-up') counts.gaveUp += 1;
    else if (told.type === 'connected') counts.placed += 1;
    else if (told.type === 'blocked') counts.alarms += 1;
    else if (told.type === 'call-failed') this.#callFailed(told.why === 'glare');
    else if (told.type === 'ended' && told.sign !== null) this.#disconnects[told.sign] += 1;
  }

  #callFailed(byGlare: boolean): void {
    this.#counts.callsFailed += 1;
    if (byGlare) this.#counts.glare += 1;
  }
}
