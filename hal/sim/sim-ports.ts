import type { Endpoint } from '../datagram.ts';
import { HalError } from '../errors.ts';
import { isWildcard, sameFamily } from './sim-address.ts';

interface Taken<Owner> {
  readonly address: string;
  /** Whom the owner hears; null = everybody. */
  readonly peer: Endpoint | null;
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

  /** port 0 = any free. `ahead`: the host may get the address later. Throws address-in-use, address-unavailable. */
  claim(local: Endpoint, owner: Owner, peer: Endpoint | null = null, ahead = false): Endpoint {
    const place = `${local.address}:${local.port}`;
    if (!ahead && !isWildcard(local.address) && !this.#owns(local.address)) {
      throw new HalError('address-unavailable', place, 'this host does not have the address');
    }
    const port = local.port === 0 ? this.#free(local.address, peer) : local.port;
    if (port === null || this.#conflicts(local.address, port, peer)) throw new HalError('address-in-use', place, 'the port is taken');
    this.#taken.set(port, [...(this.#taken.get(port) ?? []), { address: local.address, owner, peer }]);
    return { address: local.address, port };
  }

  /** Who is connected to the sender comes before who hears everybody. */
  find(to: Endpoint, from: Endpoint | null = null): Owner | null {
    const here = (this.#taken.get(to.port) ?? []).filter((one) => one.address === to.address || (isWildcard(one.address) && sameFamily(one.address, to.address)));
    return (here.find(({ peer }) => peer !== null && from !== null && samePlace(peer, from)) ?? here.find(({ peer }) => peer === null))?.owner ?? null;
  }

  release(local: Endpoint, peer: Endpoint | null = null): void {
    const rest = (this.#taken.get(local.port) ?? []).filter((one) => one.address !== local.address || !samePeer(one.peer, peer));
    if (rest.length > 0) this.#taken.set(local.port, rest);
    else this.#taken.delete(local.port);
  }

  clear(): void {
    this.#taken.clear();
  }

  /** Connected sockets share a port with each other, and with nobody else. */
  #conflicts(address: string, port: number, peer: Endpoint | null): boolean {
    return (this.#taken.get(port) ?? []).some(
      (one) => sameFamily(one.address, address) && (one.address === address || isWildcard(one.address) || isWildcard(address)) && (one.peer === null || peer === null || samePlace(one.peer, peer)),
    );
  }

  #free(address: string, peer: Endpoint | null): number | null {
    for (let tries = firstFreePort; tries < 65_536; tries++) {
      const port = this.#next;
      this.#next = port === 65_535 ? firstFreePort : port + 1;
      if (!this.#conflicts(address, port, peer)) return port;
    }
    return null;
  }
}

const samePlace = (one: Endpoint, other: Endpoint): boolean => one.address === other.address && one.port === other.port;
const samePeer = (one: Endpoint | null, other: Endpoint | null): boolean => (one === null || other === null ? one === other : samePlace(one, other));
