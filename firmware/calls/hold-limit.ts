import type { Clock, Timer } from '../../hal/clock.ts';
import type { MediaDirection } from '../media/media-protocol.ts';

/** A call may be on hold for so long before its port is taken back, in milliseconds. */
const holdLimitMs = 15 * 60_000;

/** Nothing is heard of a call on hold, so nothing else would ever end one that is never resumed. */
export class HoldLimit {
  readonly #clock: Clock;
  readonly #hangUp: (text: string) => void;
  #timer: Timer | null = null;

  constructor(clock: Clock, hangUp: (text: string) => void) {
    this.#clock = clock;
    this.#hangUp = hangUp;
  }

  /** What has been agreed on now. */
  agreed(direction: MediaDirection): void {
    const held = direction === 'inactive' || direction === 'sendonly';
    if (held === (this.#timer !== null)) return;
    this.#timer?.cancel();
    this.#timer = held ? this.#clock.after('call-hold', holdLimitMs, () => this.#hangUp(`on hold for ${holdLimitMs / 60_000} minutes`)) : null;
  }

  end(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}
