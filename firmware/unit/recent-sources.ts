import type { Clock, MonotonicMs } from '../../hal/clock.ts';
import type { Net } from '../../hal/net.ts';

/** A route may change at any time (a lease, a cable, the pair's address): a call that comes just then is as well answered a moment before. */
const lastsMs = 1000;
const mostRemotes = 64;

/** Our address towards others, asked of the routing table once a second and not for every call: each question is a socket. */
export class RecentSources {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #net: Pick<Net, 'sourceTowards'>;
  readonly #known = new Map<string, { readonly address: Promise<string>; readonly untilMs: number }>();

  constructor(clock: Pick<Clock, 'monotonic'>, net: Pick<Net, 'sourceTowards'>) {
    this.#clock = clock;
    this.#net = net;
  }

  /** Errors: HalError unreachable. */
  towards(remote: string): Promise<string> {
    const now: MonotonicMs = this.#clock.monotonic();
    const known = this.#known.get(remote);
    if (known !== undefined && now < known.untilMs) return known.address;
    const address = this.#net.sourceTowards(remote);
    this.#known.delete(remote);
    if (this.#known.size >= mostRemotes) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(remote, { address, untilMs: now + lastsMs });
    address.catch(() => this.#known.delete(remote));
    return address;
  }
}
