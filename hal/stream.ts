import type { Endpoint } from './datagram.ts';
import type { HalError } from './errors.ts';

/** One TCP connection, single use. */
export interface StreamConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Queues `bytes` (copied). false = more than the driver's limit is waiting and the bytes were refused. Never throws. */
  write(bytes: Uint8Array): boolean;
  /** `bytes` is only valid during the call. */
  received: ((bytes: Uint8Array) => void) | null;
  /** Called once; null = closed in good order by either side. Errors: connection-lost, timed-out, io. */
  closed: ((error: HalError | null) => void) | null;
  /** After what is queued has left; at most 1 s. Nothing is received after it; `closed` is still called. */
  close(): void;
}

export interface StreamListener {
  readonly local: Endpoint;
  close(): void;
}

export interface StreamNet {
  /** Errors: address-in-use, address-unavailable, permission-denied. */
  listen(local: Endpoint, accepted: (connection: StreamConnection) => void): Promise<StreamListener>;
  /** Errors: connection-refused, unreachable, timed-out, io. */
  connect(to: Endpoint, timeoutMs: number): Promise<StreamConnection>;
}
