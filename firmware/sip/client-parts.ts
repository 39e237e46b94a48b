import type { Clock } from '../../hal/clock.ts';
import type { Endpoint } from '../../hal/datagram.ts';
import type { Net } from '../../hal/net.ts';
import type { Random } from '../../hal/random.ts';
import type { Log } from '../log.ts';
import type { TransactionLayer } from './transaction-layer.ts';

/** What registrations and notifiers need of the user agent. */
export interface ClientParts {
  readonly layer: TransactionLayer;
  readonly clock: Clock;
  readonly random: Random;
  readonly net: Net;
  readonly log: Log;
  /** User-Agent and Server. */
  readonly product: string;
  /** Our address and port towards a remote one. Errors: HalError unreachable. */
  readonly localFor: (remote: string) => Promise<Endpoint>;
  /** Ends the TCP connections to there; the next message makes a new one. */
  readonly disconnect: (remote: Endpoint) => void;
}
