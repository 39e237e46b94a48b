import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Fingerprint } from '../../hal/secure-stream.ts';
import { askLife } from './life-line.ts';
import type { Reached } from './member-channel.ts';

/** The unit that serves as the central one, and where it was found. */
export interface Central {
  readonly address: string;
  readonly unit: Fingerprint;
}

export interface CentralWatchParts {
  readonly clock: Clock;
  /** In the order in which they are tried. */
  readonly addresses: readonly string[];
  readonly aliveMs: number;
  /** Errors: HalError. */
  readonly dial: (address: string) => Promise<Reached>;
  /** It answers: told once for each connection. */
  readonly found: (central: Central) => void;
  /** It does not any more; another one is looked for. */
  readonly lost: (why: string) => void;
}

/** One that was there for a shorter time is not looked for again without a pause. */
const shortMs = 5000;
/** One that refuses this unit will do so for long: a person must act. */
const refusedRetryMs = 60_000;

/** Looks for the unit that serves as the central one, asks it all the time whether it is there, and looks anew when it is not. */
export class CentralWatch {
  readonly #parts: CentralWatchParts;
  #central: Central | null = null;
  #heardMs: MonotonicMs | null = null;
  #problem: string | null = null;
  #timer: Timer | null = null;
  #endLife: (() => void) | null = null;
  /** What an earlier attempt comes to is not heard. */
  #run = 0;

  constructor(parts: CentralWatchParts) {
    this.#parts = parts;
  }

  get central(): Central | null {
    return this.#central;
  }

  /** Why nobody was found last; null = somebody is there, or nobody was tried. */
  get problem(): string | null {
    return this.#problem;
  }

  /** How long ago it answered; Infinity = never in this run. */
  get silentMs(): number {
    return this.#heardMs === null ? Number.POSITIVE_INFINITY : this.#parts.clock.monotonic() - this.#heardMs;
  }

  /** Also: begins anew. */
  start(): void {
    this.stop();
    const run = this.#run;
    this.#timer = this.#parts.clock.after('central-look', 0, () => void this.#look(run));
  }

  stop(): void {
    this.#run++;
    this.#timer?.cancel();
    this.#endLife?.();
    this.#endLife = null;
    this.#central = null;
  }

  async #look(run: number): Promise<void> {
    const { addresses, clock, aliveMs } = this.#parts;
    let refused = 0;
    for (const address of addresses) {
      try {
        const reached = await this.#parts.dial(address);
        if (run !== this.#run) return reached.connection.close();
        return this.#hold(reached, address);
      } catch (error) {
        if (!(error instanceof HalError)) throw error;
        if (run !== this.#run) return;
        this.#problem = error.message;
        if (error.id === 'wrong-certificate' || error.id === 'not-found') refused++;
      }
    }
    this.#timer = clock.after('central-look', refused === addresses.length ? refusedRetryMs : aliveMs, () => void this.#look(run));
  }

  #hold({ connection, unit }: Reached, address: string): void {
    const { clock, aliveMs } = this.#parts;
    const sinceMs = clock.monotonic();
    const alive = (): void => {
      this.#heardMs = clock.monotonic();
      this.#problem = null;
      if (this.#central !== null) return;
      this.#central = { address, unit };
      this.#parts.found(this.#central);
    };
    const lost = (why: string): void => {
      this.#endLife = null;
      const told = this.#central !== null;
      this.#central = null;
      this.#problem = why;
      const run = ++this.#run;
      if (told) this.#parts.lost(why);
      const pauseMs = clock.monotonic() - sinceMs < shortMs ? aliveMs : 0;
      this.#timer = clock.after('central-look', pauseMs, () => void this.#look(run));
    };
    this.#endLife = askLife(connection, clock, aliveMs, { alive, lost });
  }
}
