import type { Clock, MonotonicMs } from '../../../hal/clock.ts';
import type { Net } from '../../../hal/net.ts';
import type { NextHop } from '../dialog/next-hop.ts';
import { nextHop } from '../dialog/next-hop.ts';

/** An address is looked up again after so long. */
const freshMs = 60_000;

/**
 * Where a PBX is, without asking the name server for each of many probes. One lookup at a time; while it fails or takes long the
 * address known so far goes on to be used, so that a name server in trouble is no loss of the PBX.
 */
export class Whereabouts {
  readonly #clock: Clock;
  readonly #net: Net;
  readonly #uri: string;
  #hop: NextHop | null = null;
  #foundMs: MonotonicMs | null = null;
  #lookup: Promise<NextHop> | null = null;

  constructor(clock: Clock, net: Net, uri: string) {
    this.#clock = clock;
    this.#net = net;
    this.#uri = uri;
  }

  /** The last one found; null = none yet. */
  get known(): NextHop | null {
    return this.#hop;
  }

  /** Errors: those of nextHop, while nothing is known. */
  async find(): Promise<NextHop> {
    const stale = this.#foundMs === null || this.#clock.monotonic() - this.#foundMs > freshMs;
    if (stale) this.#lookup ??= this.#lookUp();
    return this.#hop ?? (await (this.#lookup as Promise<NextHop>));
  }

  async #lookUp(): Promise<NextHop> {
    try {
      this.#hop = await nextHop(this.#uri, this.#net);
      this.#foundMs = this.#clock.monotonic();
      return this.#hop;
    } catch (error) {
      if (this.#hop === null) throw error;
      return this.#hop;
    } finally {
      this.#lookup = null;
    }
  }
}
