import type { Endpoint } from '../datagram.ts';
import { HalError } from '../errors.ts';
import { isWildcard, sameFamily } from './sim-address.ts';

interface Taken<Owner> {
  readonly address: string;
  readonly owner: Owner;
}

const firstFreePort = 49_152;

/** Who listens where on one simulated host, for one protocol. */
export class SimPorts<Owner> {
  readonly #owns: (address: string) => boolean;
  readonly #taken = new Map<number, Taken<Owner>[]>();
  #next = firstFreePort;

  constructor(owns: (address: string) => boolean) {
    this.#owns = owns;
  }

  /** port 0 = any free. Throws address-in-use, address-unavailable. */
  claim(local: Endpoint, owner: Owner): Endpoint {
    const place = `${local.address}:${local.port}`;
    if (!isWildcard(local.address) && !this.#owns(local.address)) {
      throw new HalError('address-unavailable', place, 'this host does not have the address');
    }
    const port = local.port === 0 ? this.#free(local.address) : local.port;
    if (port === null || this.#conflicts(local.address, port)) throw new HalError('address-in-use', place, 'the port is taken');
    this.#taken.set(port, [...(this.#taken.get(port) ?? []), { address: local.address, owner }]);
    return { address: local.address, port };
  }

  find(to: Endpoint): Owner | null {
    const here = this.#taken.get(to.port)?.find((one) => one.address === to.address || (isWildcard(one.address) && sameFamily(one.address, to.address)));
    return here?.owner ?? null;
  }

  release(local: Endpoint): void {
    const rest = (this.#taken.get(local.port) ?? []).filter((one) => one.address !== local.address);
    if (rest.length > 0) this.#taken.set(local.port, rest);
    else this.#taken.delete(local.port);
  }

  clear(): void {
    this.#taken.clear();
  }

  #conflicts(address: string, port: number): boolean {
    return (this.#taken.get(port) ?? []).some(
      (one) => sameFamily(one.address, address) && (one.address === address || isWildcard(one.address) || isWildcard(address)),
    );
  }

  #free(address: string): number | null {
    for (let tries = firstFreePort; tries < 65_536; tries++) {
      const port = this.#next;
      this.#next = port === 65_535 ? firstFreePort : port + 1;
      if (!this.#conflicts(address, port)) return port;
    }
    return null;
  }
}
