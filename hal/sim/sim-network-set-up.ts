import { HalError, type HalErrorId } from '../errors.ts';
import type { NetworkPlan, NetworkSetUp } from '../network-set-up.ts';

/** Remembers what it was asked for. */
export class SimNetworkSetUp implements NetworkSetUp {
  readonly plans: NetworkPlan[] = [];
  servers: readonly string[] = [];
  /** The next ones fail with this. */
  fails: HalErrorId | null = null;

  async apply(plan: NetworkPlan): Promise<void> {
    if (this.fails !== null) throw new HalError(this.fails, 'sim network', 'as the test asked');
    this.plans.push(plan);
  }

  async timeServers(): Promise<readonly string[]> {
    return this.servers;
  }
}
