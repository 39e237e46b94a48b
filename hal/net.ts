/** What the unit may ask of the host's network configuration. */
export interface Net {
  /** Literal addresses of a host name, best first; a literal answers itself. Errors: not-found, timed-out. */
  resolve(host: string): Promise<string[]>;
  /** The local address the kernel would use towards `remote`. Errors: unreachable. */
  sourceTowards(remote: string): Promise<string>;
  /** Addresses of this host, loopback last. */
  addresses(): string[];
}
