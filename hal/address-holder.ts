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
   * An interface that is down keeps it for later. Errors: not-found (no such interface), permission-denied, unsupported (no such
   * protocol here, no literal address), timed-out (the kernel did not put it to use).
   */
  add(address: InterfaceAddress): Promise<void>;
  /**
   * Tells the neighbours once who has it now: gratuitous ARP (RFC 5227 section 2.3) or an unsolicited neighbour advertisement (RFC 4861
   * section 7.2.6). Packets get lost: call it several times. An interface without neighbours (loopback, tunnel) has nobody to tell.
   * Errors: address-unavailable (it is not held), unreachable (the interface is down), not-found, permission-denied, unsupported.
   */
  announce(address: InterfaceAddress): Promise<void>;
  /** The address is gone when this resolves, with whatever prefix it stood there; one that was not there is fine. Others stay. Errors: permission-denied, unsupported. */
  remove(address: InterfaceAddress): Promise<void>;
  /** Whether this machine has it on that interface, with whatever prefix. Errors: unsupported. */
  held(address: InterfaceAddress): Promise<boolean>;
}
