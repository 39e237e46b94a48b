import type { Clock, Timer } from '../../hal/clock.ts';
import type { Reachability } from '../../hal/reachability.ts';
import type { Log } from '../log.ts';

export interface WayCarriersParts {
  readonly clock: Clock;
  readonly reachability: Reachability;
  readonly log: Log;
}

/** A way may come to lead through another card: it is looked for again so often. */
const lookMs = 10_000;

interface Way {
  readonly address: string;
  /** The interface that leads to it; null = none is known. */
  name: string | null;
  up: boolean;
  busy: boolean;
  watch: { close(): void } | null;
}

/**
 * The cable at this unit's end of each way: a way whose card has no carrier is silent from then on, without a wait. While it has
 * none, its interface stays the one that is watched: the routing table may send the packets elsewhere meanwhile, in vain.
 */
export class WayCarriers {
  readonly #parts: WayCarriersParts;
  readonly #ways: readonly Way[];
  readonly #changed: (path: number, up: boolean) => void;
  #timer: Timer | null = null;
  #closed = false;
  #told = false;

  constructor(parts: WayCarriersParts, partner: readonly string[], changed: (path: number, up: boolean) => void) {
    this.#parts = parts;
    this.#ways = partner.map((address) => ({ address, name: null, up: true, busy: false, watch: null }));
    this.#changed = changed;
  }

  start(): void {
    this.#round();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const { watch } of this.#ways) watch?.close();
  }

  /** Of each way, as far as known. */
  names(): readonly (string | null)[] {
    return this.#ways.map(({ name }) => name);
  }

  #round(): void {
    this.#timer = this.#parts.clock.after('pair ways', lookMs, () => this.#round());
    for (const path of this.#ways.keys()) void this.#find(path);
  }

  async #find(path: number): Promise<void> {
    const way = this.#ways[path] as Way;
    if (way.busy || (way.watch !== null && !way.up)) return;
    way.busy = true;
    try {
      const name = await this.#parts.reachability.interfaceTowards(way.address);
      if (!this.#closed && name !== null && name !== way.name) await this.#watch(path, name);
    } catch (error) {
      if (!this.#told) this.#parts.log.write('warning', 'pair-carrier', `The cable of the way to ${way.address} is not watched; a cut is found by silence only: ${String(error)}`);
      this.#told = true;
    } finally {
      way.busy = false;
    }
  }

  async #watch(path: number, name: string): Promise<void> {
    const way = this.#ways[path] as Way;
    const watch = await this.#parts.reachability.watchCarrier(name, (up) => this.#carrier(path, name, up));
    if (this.#closed) return watch.close();
    way.watch?.close();
    Object.assign(way, { watch, name });
  }

  #carrier(path: number, name: string, up: boolean): void {
    const way = this.#ways[path] as Way;
    if (this.#closed || (way.name !== null && way.name !== name)) return;
    const came = up && !way.up;
    way.up = up;
    this.#changed(path, up);
    if (came) void this.#find(path);
  }
}
