import { isIpv6, isLoopback } from './sim-address.ts';

/** Which addresses one simulated machine has, on which of its interfaces. */
export class SimAddresses {
  readonly #fixed: readonly string[];
  readonly #interfaceName: string;
  /** Interfaces by address, in the order in which they were added. */
  readonly #on = new Map<string, Set<string>>();

  /** `fixed`: what the machine boots with, on `interfaceName`. */
  constructor(fixed: readonly string[], interfaceName: string) {
    this.#fixed = fixed;
    this.#interfaceName = interfaceName;
    this.reset();
  }

  /** As after a boot. */
  reset(): void {
    this.#on.clear();
    for (const address of this.#fixed) this.add(this.#interfaceName, address);
  }

  list(): string[] {
    return [...this.#on.keys()];
  }

  owns(address: string): boolean {
    return isLoopback(address) || this.#on.has(address);
  }

  has(interfaceName: string, address: string): boolean {
    return isLoopback(address) ? interfaceName === 'lo' : (this.#on.get(address)?.has(interfaceName) ?? false);
  }

  add(interfaceName: string, address: string): void {
    if (!isLoopback(address)) this.#on.set(address, (this.#on.get(address) ?? new Set()).add(interfaceName));
  }

  remove(interfaceName: string, address: string): void {
    const on = this.#on.get(address);
    on?.delete(interfaceName);
    if (on?.size === 0) this.#on.delete(address);
  }

  /** What a packet to `remote` carries when nothing else was said: the first of its family. */
  firstLike(remote: string): string | undefined {
    return this.list().find((address) => isIpv6(address) === isIpv6(remote));
  }
}
