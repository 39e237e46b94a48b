import type { HalError } from './errors.ts';
import type { SecureIdentity } from './secure-stream.ts';

/**
 * A broker for messages by topic, as MQTT 5 has them. It carries news and keeps the last word of a topic; it may lose, repeat and
 * reorder, and nothing of the unit rests on it.
 */
export interface BrokerNet {
  /** One connection, single use, without a session that outlives it. Errors: not-found (host, file of the authority), connection-refused, unreachable, timed-out, wrong-certificate, permission-denied (the broker does not let us in), connection-lost, closed (given up by `signal`), io. */
  connect(to: BrokerPlace, session: BrokerSession, timeoutMs: number, signal?: AbortSignal): Promise<BrokerConnection>;
}

export interface BrokerPlace {
  readonly host: string;
  readonly port: number;
  /** null = in the clear. */
  readonly tls: BrokerTls | null;
  readonly login: { readonly user: string; readonly password: string } | null;
}

export interface BrokerTls {
  /** Shown to the broker. */
  readonly identity: SecureIdentity | null;
  /** PEM file of who vouches for the broker; null = the authorities that the machine trusts. Read at each connection. */
  readonly authorityFile: string | null;
}

export interface BrokerSession {
  /** Whoever connects with the same id throws the older one out. */
  readonly clientId: string;
  /** A connection that is silent for half as long again is lost, for both ends. */
  readonly keepAliveSec: number;
  /** What the broker tells the others when the connection ends otherwise than by `close`. */
  readonly lastWill: BrokerMessage | null;
}

export interface BrokerMessage {
  /** Levels with '/' between, without wildcards. */
  readonly topic: string;
  /** At most `payloadLimitBytes`; empty and retained = what is kept of the topic goes. */
  readonly payload: Uint8Array;
  /** The broker keeps it and gives it to whoever subscribes later. */
  readonly retain: boolean;
}

export interface BrokerConnection {
  /** Resolves when the broker has it (QoS 1), so perhaps twice at a subscriber. Errors: busy (`publishesAtATime` wait already), too-large, permission-denied, connection-lost, closed. */
  publish(message: BrokerMessage): Promise<void>;
  /** `+` stands for one level, a last `#` for all below. What is kept comes at once. Errors: permission-denied, connection-lost, closed. */
  subscribe(filters: readonly string[]): Promise<void>;
  /** `retain`: it was kept. Larger ones than `payloadLimitBytes` never come. The payload may be kept. */
  received: ((message: BrokerMessage) => void) | null;
  /** Called once; null = closed by us. Errors: connection-lost, timed-out, io. */
  closed: ((error: HalError | null) => void) | null;
  /** In good order: there is no last will. `closed` is still called. */
  close(): void;
}

export const payloadLimitBytes = 16 * 1024;
/** Of one connection; more are refused, so that a broker that does not answer cannot fill the memory. */
export const publishesAtATime = 32;

/** Whether a filter of `subscribe` covers the topic (MQTT 5, section 4.7). */
export function covers(filter: string, topic: string): boolean {
  const [wanted, given] = [filter.split('/'), topic.split('/')];
  for (const [at, level] of wanted.entries()) {
    if (level === '#') return true;
    if (given[at] === undefined || (level !== '+' && level !== given[at])) return false;
  }
  return wanted.length === given.length;
}
