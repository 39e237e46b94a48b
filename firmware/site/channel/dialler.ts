import type { Clock, Timer } from '../../../hal/clock.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Random } from '../../../hal/random.ts';
import type { StreamConnection } from '../../../hal/stream.ts';

const firstWaitMs = 1000;
export const longestWaitMs = 60_000;

/** Wait before attempt `nth` (from 0): doubles up to a minute, or to `longestMs`; a quarter more or less, so that two units do not keep step. */
export function backoffMs(nth: number, random: Random, longestMs = longestWaitMs): number {
  const middle = Math.min(longestMs, firstWaitMs * 2 ** Math.min(nth, 16));
  return Math.round(middle * (0.75 + random.below(1001) / 2000));
}

export interface DiallerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly connect: () => Promise<StreamConnection>;
  readonly connected: (connection: StreamConnection) => void;
  readonly failed: (error: HalError) => void;
  /** Left out: a minute. */
  readonly longestWaitMs?: number;
}

/** Keeps trying to have one connection. Whoever uses it tells when it was good (`held`) and when it is gone (`lost`). */
export class Dialler {
  readonly #parts: DiallerParts;
  #state: 'stopped' | 'waiting' | 'connecting' | 'connected' = 'stopped';
  #attempt = 0;
  #timer: Timer | null = null;

  constructor(parts: DiallerParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#state === 'stopped') this.#wait(0);
  }

  /** There is a reason not to wait any longer. */
  now(): void {
    if (this.#state !== 'waiting') return;
    this.#timer?.cancel();
    this.#wait(0);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#state = 'stopped';
  }

  /** The connection does its work: the next loss is waited for from the shortest wait on. */
  held(): void {
    this.#attempt = 0;
  }

  lost(): void {
    if (this.#state === 'connected') this.#wait(this.#backoffMs());
  }

  #backoffMs(): number {
    return backoffMs(this.#attempt++, this.#parts.random, this.#parts.longestWaitMs);
  }

  #wait(ms: number): void {
    this.#state = 'waiting';
    this.#timer = this.#parts.clock.after('site-dial', ms, () => void this.#connect());
  }

  async #connect(): Promise<void> {
    this.#state = 'connecting';
    try {
      const connection = await this.#parts.connect();
      // `stop` may have come meanwhile.
      if ((this.#state as string) === 'stopped') return connection.close();
      this.#state = 'connected';
      this.#parts.connected(connection);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      if ((this.#state as string) === 'stopped') return;
      this.#wait(this.#backoffMs());
      this.#parts.failed(error);
    }
  }
}
