/** A device or supervisor that restarts the unit unless it is told in time that all is well. */
export interface Watchdog {
  /** For people: 'systemd', '/dev/watchdog0', 'none'. */
  readonly name: string;
  /** Starts the countdown. Errors: busy, permission-denied, unsupported. */
  arm(timeoutMs: number): Promise<void>;
  /** Restarts the countdown. Never throws. */
  feed(): void;
  /** Ends the countdown in good order. */
  disarm(): Promise<void>;
}
