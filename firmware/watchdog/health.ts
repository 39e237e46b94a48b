import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';
import type { Watchdog } from '../../hal/watchdog.ts';
import type { Log } from '../log.ts';

/** One thing that must be well for the watchdog to be fed; the sentence says what is wrong, null = well. */
export type HealthCheck = () => string | null;

/** Feeds the watchdog while every check is well; otherwise says why and lets it bite. */
export class Health {
  readonly #clock: Clock;
  readonly #watchdog: Watchdog;
  readonly #log: Log;
  readonly #checks: readonly HealthCheck[];
  #timer: Timer | null = null;
  #told: string | null = null;

  constructor(clock: Clock, watchdog: Watchdog, log: Log, checks: readonly HealthCheck[]) {
    this.#clock = clock;
    this.#watchdog = watchdog;
    this.#log = log;
    this.#checks = checks;
  }

  /** Errors: those of `Watchdog.arm`. */
  async start(timeoutMs: number): Promise<void> {
    await this.#watchdog.arm(timeoutMs);
    this.#beat(timeoutMs / 3);
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#watchdog.disarm();
  }

  #beat(everyMs: number): void {
    const fault = this.#checks.map((check) => check()).find((found) => found !== null) ?? null;
    if (fault === null) this.#watchdog.feed();
    if (fault !== null && fault !== this.#told) this.#log.write('alert', 'unhealthy', `The watchdog is not fed: ${fault}`);
    this.#told = fault;
    this.#timer = this.#clock.after('health', everyMs, () => this.#beat(everyMs));
  }
}

/** The media thread reports every 5 s; three reports missed mean that it is stuck. */
const mediaSilenceMs = 15_000;

export const mediaAlive =
  (clock: Clock, lastHeard: () => MonotonicMs): HealthCheck =>
  () =>
    clock.monotonic() - lastHeard() > mediaSilenceMs ? `the media thread has said nothing for ${mediaSilenceMs / 1000} s` : null;
