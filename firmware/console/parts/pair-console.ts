import type { JoinResult, PairingStatus } from '../../failover/pairing/pairing.ts';

/** What the console may do of `Pairing`, which is one. */
export interface PairConsole {
  status(): PairingStatus;
  /** Errors: HalError address-in-use, address-unavailable, permission-denied. */
  showCode(): Promise<{ readonly code: string; readonly validMs: number }>;
  join(address: string, code: string, signal: AbortSignal): Promise<JoinResult>;
  /** Whether there was a partner. Errors: HalError no-space, read-only, io. */
  forget(): Promise<boolean>;
}
