/** What the unit may ask about the network around it. */
export interface Reachability {
  /** Whether the address answers an echo request (RFC 792, RFC 4443) within the time. Errors: permission-denied, unsupported; an address that cannot be reached is `false`. */
  answers(address: string, timeoutMs: number): Promise<boolean>;
  /** Tells each change of an interface's carrier (cable, link partner), and first how it is now. Ended by `close`. Errors: not-found. */
  watchCarrier(interfaceName: string, changed: (up: boolean) => void): Promise<{ close(): void }>;
}
