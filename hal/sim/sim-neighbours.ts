import type { SimHost } from './sim-host.ts';

/**
 * Which machine each machine believes to have an address: the neighbour caches (ARP, neighbour discovery) of the whole network.
 * Who was asked for once is believed until somebody announces otherwise. Real caches forget, a Linux host after half a minute, a router
 * after hours (RFC 1122 section 2.3.2.1 leaves the time open); here they never do, so that a forgotten announcement shows.
 */
export class SimNeighbours {
  /** Who has it; the one that announced last comes first, then in the order of adding. */
  readonly #holders = new Map<string, SimHost[]>();
  readonly #caches = new Map<SimHost, Map<string, SimHost>>();
  readonly #reaches: (from: SimHost, to: SimHost) => boolean;

  constructor(reaches: (from: SimHost, to: SimHost) => boolean) {
    this.#reaches = reaches;
  }

  holders(address: string): readonly SimHost[] {
    return this.#holders.get(address) ?? [];
  }

  hold(address: string, host: SimHost): void {
    if (!this.holders(address).includes(host)) this.#holders.set(address, [...this.holders(address), host]);
  }

  release(address: string, host: SimHost): void {
    this.#holders.set(address, this.holders(address).filter((one) => one !== host));
  }

  /** Who asks anew finds this one first. */
  prefer(address: string, host: SimHost): void {
    this.#holders.set(address, [host, ...this.holders(address).filter((one) => one !== host)]);
  }

  /** `near` has heard that `holder` has the address now. */
  learn(near: SimHost, address: string, holder: SimHost): void {
    this.#cache(near).set(address, holder);
  }

  /** Where `near` sends a packet to the address: whom it believes, else whoever answers its question, else one that cannot be reached. */
  find(near: SimHost, address: string): SimHost | null {
    const believed = this.#cache(near).get(address);
    if (believed !== undefined) return believed;
    const answering = this.holders(address).find((host) => this.#reaches(near, host) && this.#reaches(host, near));
    if (answering !== undefined) this.learn(near, address, answering);
    return answering ?? this.holders(address)[0] ?? null;
  }

  #cache(host: SimHost): Map<string, SimHost> {
    const known = this.#caches.get(host) ?? new Map<string, SimHost>();
    this.#caches.set(host, known);
    return known;
  }
}
