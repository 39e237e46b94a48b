import { HalError } from '../errors.ts';
import type { Net } from '../net.ts';
import { isIpLiteral, isIpv6, isLoopback } from './sim-address.ts';
import type { SimHost } from './sim-host.ts';
import type { SimNetwork } from './sim-network.ts';

const answerMs = 2;
const giveUpMs = 5000;

/** Names and addresses as one simulated host sees them. */
export class SimResolver implements Net {
  readonly #network: SimNetwork;
  readonly #host: SimHost;

  constructor(network: SimNetwork, host: SimHost) {
    this.#network = network;
    this.#host = host;
  }

  async resolve(host: string): Promise<string[]> {
    if (isIpLiteral(host)) return [host];
    const down = this.#network.resolverDown;
    await this.#wait(down ? giveUpMs : answerMs);
    if (down) throw new HalError('timed-out', host, 'no name server answered');
    const found = this.#network.names.get(host.toLowerCase());
    if (found === undefined) throw new HalError('not-found', host, 'no such host name');
    return [...found];
  }

  async sourceTowards(remote: string): Promise<string> {
    if (isLoopback(remote)) return isIpv6(remote) ? '::1' : '127.0.0.1';
    const own = this.#host.addresses.find((address) => isIpv6(address) === isIpv6(remote));
    if (own === undefined || !this.#host.plugged) throw new HalError('unreachable', remote, 'no route to it');
    return own;
  }

  addresses(): string[] {
    return [...this.#host.addresses, '127.0.0.1', '::1'];
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#network.clock.after('wire resolve', ms, resolve));
  }
}
