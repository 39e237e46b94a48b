import type { Clock, Timer } from '../../../hal/clock.ts';
import type { Data } from '../../site/channel/frame.ts';
import type { Ref } from './mirror-work.ts';

/** Changes that wait for the line; of more the partner's next sweep is told by the sums. */
export const maxUnsent = 1000;
/** The line took no more; it is tried again after this. */
const retryMs = 1000;

/** Tells the partner which messages have changed here, as soon as the line takes it; each once, however often it changes meanwhile. */
export class UnsentChanges {
  readonly #clock: Clock;
  readonly #push: (kind: string, data: Data) => boolean;
  readonly #waiting = new Map<string, Ref>();
  #timer: Timer | null = null;

  constructor(clock: Clock, push: (kind: string, data: Data) => boolean) {
    this.#clock = clock;
    this.#push = push;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(change: Ref): void {
    if (this.#waiting.size < maxUnsent) this.#waiting.set(change.id, change);
    if (this.#timer === null) this.#send();
  }

  /** Whoever connects anew compares everything. */
  clear(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#waiting.clear();
  }

  #send(): void {
    this.#timer = null;
    for (const [id, change] of this.#waiting) {
      if (!this.#push('changed', { ...change })) return this.#later();
      this.#waiting.delete(id);
    }
  }

  #later(): void {
    this.#timer = this.#clock.after('mirror-unsent', retryMs, () => this.#send());
  }
}
