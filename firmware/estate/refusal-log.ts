import type { Clock } from '../../hal/clock.ts';
import type { Log } from '../log.ts';

const everyMs = 60_000;
/** Sources that are remembered; beyond it the oldest may be told again within the minute. */
const maxSources = 64;

/** Tells of what was refused, once in a minute for each source: whoever writes to the broker must not fill the log. */
export class RefusalLog {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #toldMs = new Map<string, number>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  tell(event: string, source: string, text: string): void {
    const key = `${event} ${source}`;
    const nowMs = this.#clock.monotonic();
    const told = this.#toldMs.get(key);
    if (told !== undefined && nowMs - told < everyMs) return;
    this.#toldMs.delete(key);
    this.#toldMs.set(key, nowMs);
    const [oldest] = this.#toldMs.keys();
    if (this.#toldMs.size > maxSources && oldest !== undefined) this.#toldMs.delete(oldest);
    this.#log.write('warning', event, text, { source });
  }
}
