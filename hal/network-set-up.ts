/** What a unit wants of its network; null and empty = by DHCP, or the first there is. */
export interface NetworkPlan {
  /** null = the first wired one. */
  readonly card: string | null;
  readonly vlan: number | null;
  /** With its prefix length; null = by DHCP. */
  readonly address: string | null;
  readonly gateway: string | null;
  readonly dns: readonly string[];
  readonly ntp: readonly string[];
}

/** The machine's network, where the unit may set it up. */
export interface NetworkSetUp {
  /** Durable when it resolves, also for the next start; the network follows within seconds. The same again changes nothing. Errors: no-space, read-only, io, unsupported. */
  apply(plan: NetworkPlan): Promise<void>;
  /** Those that the network itself names (DHCP option 42); none if it names none. Never rejects. */
  timeServers(): Promise<readonly string[]>;
}
