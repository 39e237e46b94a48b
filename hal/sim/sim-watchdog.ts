import type { MonotonicMs, Timer } from '../clock.ts';
import { HalError, type HalErrorId } from '../errors.ts';
import type { Watchdog } from '../watchdog.ts';
import type { Clock } from '../clock.ts';

/** A watchdog that records what it was told, and notes when it would have restarted the unit. */
export class SimWatchdog implements Watchdog {
  readonly name = 'sim';
  /** Moments of each feed, the last 1000. */
  readonly feeds: MonotonicMs[] = [];
  /** When the countdown ran out; null = it has not. */
  bitAt: MonotonicMs | null = null;
  /** The next `arm` fails with this. */
  armFails: HalErrorId | null = null;
  readonly #clock: Clock;
  #timeoutMs: number | null = null;
  #countdown: Timer | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get armed(): boolean {
    return this.#timeoutMs !== null;
  }

  async arm(timeoutMs: number): Promise<void> {
    if (this.armFails !== null) throw new HalError(this.armFails, this.name, 'as the test asked');
    this.#timeoutMs = timeoutMs;
    this.#restart();
  }

  feed(): void {
    this.feeds.push(this.#clock.monotonic());
    if (this.feeds.length > 1000) this.feeds.shift();
    this.#restart();
  }

  async disarm(): Promise<void> {
    this.#timeoutMs = null;
    this.#countdown?.cancel();
  }

  #restart(): void {
    this.#countdown?.cancel();
    if (this.#timeoutMs === null) return;
    this.#countdown = this.#clock.after('sim watchdog', this.#timeoutMs, () => void (this.bitAt ??= this.#clock.monotonic()));
  }
}
