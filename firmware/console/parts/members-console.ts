import type { MemberStatus } from '../../distributed/member-hub.ts';

/** What the console may do of `MemberHub`. */
export interface MembersConsole {
  serves(): boolean;
  status(): readonly MemberStatus[];
  /** Errors: HalError address-in-use, address-unavailable, permission-denied. */
  showCode(): Promise<{ readonly code: string; readonly validMs: number }>;
  /** false = that is no distributed unit. Errors: HalError no-space, read-only, io. */
  remove(fingerprint: string): Promise<boolean>;
}
