import type { DistributedStatus } from '../../distributed/distributed-unit.ts';
import type { SiteJoinResult } from '../../distributed/site-join.ts';

/** What the console may do of `DistributedUnit`, which is one. */
export interface DistributedConsole {
  status(): DistributedStatus;
  join(address: string, code: string, signal: AbortSignal): Promise<SiteJoinResult>;
  /** Whether it belonged to a site. Errors: HalError no-space, read-only, io. */
  leave(): Promise<boolean>;
}
