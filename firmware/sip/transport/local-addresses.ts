import type { Net } from '../../../hal/net.ts';

const maxKnown = 1024;

/** The address of ours that a remote side can use, remembered per remote: for Via, Contact and SDP. */
export class LocalAddresses {
  readonly #net: Net;
  readonly #known = new Map<string, string>();
  #fixed: string | null;

  /** `fixed`: the configured public address, or the one the sockets are bound to; null = ask the routing table. */
  constructor(net: Net, fixed: string | null) {
    this.#net = net;
    this.#fixed = fixed;
  }

  set fixed(address: string | null) {
    this.#fixed = address;
    this.#known.clear();
  }

  /** null = `learn` first. */
  known(remote: string): string | null {
    return this.#fixed ?? this.#known.get(remote) ?? null;
  }

  /** Errors: HalError unreachable. */
  async learn(remote: string): Promise<string> {
    const known = this.known(remote);
    if (known !== null) return known;
    const local = await this.#net.sourceTowards(remote);
    if (this.#known.size >= maxKnown) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(remote, local);
    return local;
  }
}
