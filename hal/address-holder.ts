/** An address as it stands on an interface. */
export interface InterfaceAddress {
  readonly interface: string;
  /** Literal IPv4 or IPv6 address. */
  readonly address: string;
  readonly prefixBits: number;
}

/** Moves an address between machines: what a unit that takes over does with the address that callers know. */
export interface AddressHolder {
  /**
   * The address is on the interface and usable when this resolves; one that is there already is fine. Neighbours are not told yet.
   * Errors: not-found (no such interface), permission-denied, unsupported.
   */
  add(address: InterfaceAddress): Promise<void>;
  /** Tells the neighbours who has it now: gratuitous ARP (RFC 5227 section 2.3) or unsolicited neighbour advertisements (RFC 4861 section 7.2.6). Errors: not-found, permission-denied, unsupported. */
  announce(address: InterfaceAddress): Promise<void>;
  /** The address is gone when this resolves; one that was not there is fine. Errors: permission-denied, unsupported. */
  remove(address: InterfaceAddress): Promise<void>;
  held(address: InterfaceAddress): Promise<boolean>;
}
