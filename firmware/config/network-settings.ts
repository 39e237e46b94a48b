/** How the unit is on its network, where the board leaves that to it. */
export interface NetworkSettings {
  /** null = the first wired one. */
  readonly card: string | null;
  readonly vlan: number | null;
  /** With its prefix length; null = by DHCP. */
  readonly address: string | null;
  readonly gateway: string | null;
  readonly dns: readonly string[];
  readonly ntp: readonly string[];
}
