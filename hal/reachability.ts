/** What the unit may ask about the network around it. */
export interface Reachability {
  /**
   * Whether the address answers an echo request (RFC 792, RFC 4443) within the time. One request is sent: a lost one is `false`, as is an
   * address that cannot be reached, at once where the machine knows it. `fe80::1%eth0` names a link-local address.
   * Errors: permission-denied, unsupported (no literal address, no such protocol here), too-many-open, busy (64 questions are open).
   */
  answers(address: string, timeoutMs: number): Promise<boolean>;
  /**
   * The interface that packets to the address leave by now ('lo' for one of this machine's own); null = there is no way.
   * Errors: unsupported (no literal address), too-many-open.
   */
  interfaceTowards(address: string): Promise<string | null>;
  /**
   * Tells each change of an interface's carrier (cable, link partner), and first how it is now. An interface that vanishes has none; one
   * that comes back under the name is watched again. Nothing is called after `close`. Errors: not-found, unsupported, too-many-open.
   */
  watchCarrier(interfaceName: string, changed: (up: boolean) => void): Promise<{ close(): void }>;
}
