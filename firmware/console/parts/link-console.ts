import type { LiveStatus } from '../../failover/live/live-pair.ts';
import type { ExchangeStatus } from '../../failover/pair-exchange.ts';
import type { PairStatus } from '../../failover/pair-status.ts';

/** The pair at work, as the console sees it. */
export interface LinkConsole {
  status(): PairStatus;
  /** null: nothing is exchanged. */
  exchange(): ExchangeStatus | null;
  /** null: calls end with the unit that has them. */
  live(): LiveStatus | null;
  /** Addresses of the partner and the device of the serial line, in the order of the statistics. */
  readonly ways: readonly string[];
  failover(): { readonly ok: boolean; readonly text: string };
  failback(): { readonly ok: boolean; readonly text: string };
}
