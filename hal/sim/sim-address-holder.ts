import type { AddressHolder, InterfaceAddress } from '../address-holder.ts';
import { HalError, type HalErrorId } from '../errors.ts';
import { isIpLiteral, isIpv6 } from './sim-address.ts';
import type { SimHost } from './sim-host.ts';
import type { SimNetwork } from './sim-network.ts';

/** Addresses of one simulated machine. What is not on the machine's interface or `lo` is not found. */
export class SimAddressHolder implements AddressHolder {
  /** Fail with this until it is null again; what was asked is not done. */
  addFails: HalErrorId | null = null;
  announceFails: HalErrorId | null = null;
  removeFails: HalErrorId | null = null;
  /** Announcements resolve, and nobody hears them. */
  announcementsLost = false;
  /** How long adding and removing take. */
  delayMs = 0;
  /** Announcements made so far, lost ones too. */
  announcements = 0;
  readonly #network: SimNetwork;
  readonly #host: SimHost;

  constructor(network: SimNetwork, host: SimHost) {
    this.#network = network;
    this.#host = host;
  }

  async add(wanted: InterfaceAddress): Promise<void> {
    this.#check(wanted, this.addFails);
    this.#mustExist(wanted);
    await this.#work();
    this.#host.gain(wanted.interface, wanted.address);
  }

  async announce(held: InterfaceAddress): Promise<void> {
    this.#check(held, this.announceFails);
    this.#mustExist(held);
    if (!(await this.held(held))) throw new HalError('address-unavailable', place(held), 'it is not held, so the neighbours are not told');
    if (held.interface === 'lo') return;
    this.announcements++;
    if (!this.announcementsLost) this.#network.announce(this.#host, held.address);
  }

  async remove(unwanted: InterfaceAddress): Promise<void> {
    this.#check(unwanted, this.removeFails);
    await this.#work();
    this.#host.lose(unwanted.interface, unwanted.address);
  }

  async held(asked: InterfaceAddress): Promise<boolean> {
    this.#check(asked, null);
    return this.#exists(asked.interface) && this.#host.has(asked.interface, asked.address);
  }

  #check(asked: InterfaceAddress, fails: HalErrorId | null): void {
    if (fails !== null) throw new HalError(fails, place(asked), 'as the test asked');
    const { address, prefixBits } = asked;
    if (!isIpLiteral(address)) throw new HalError('unsupported', place(asked), 'no literal IPv4 or IPv6 address');
    const limit = isIpv6(address) ? 128 : 32;
    if (!Number.isInteger(prefixBits) || prefixBits < 0 || prefixBits > limit) throw new HalError('unsupported', place(asked), `a prefix has 0 to ${limit} bits here`);
  }

  #mustExist(asked: InterfaceAddress): void {
    if (!this.#exists(asked.interface)) throw new HalError('not-found', place(asked), 'no such interface');
  }

  #exists(interfaceName: string): boolean {
    return interfaceName === 'lo' || (interfaceName === this.#host.interface.name && this.#host.interface.present);
  }

  async #work(): Promise<void> {
    if (this.delayMs > 0) await new Promise<void>((resolve) => void this.#network.clock.after('address change', this.delayMs, resolve));
  }
}

function place({ interface: name, address, prefixBits }: InterfaceAddress): string {
  return `${address}/${prefixBits} on ${name}`;
}
