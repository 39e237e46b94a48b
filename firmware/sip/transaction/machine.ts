/** The states of RFC 3261 section 17, with RFC 6026's Accepted. */
export type State = 'calling' | 'trying' | 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';

/**
 * What can happen. `provisional`, `success` and `failure` are responses: received by a client, given by the user to a server.
 * `request` is a retransmission, `retransmit` timers A, E, G; `timeout` B, F, H; `linger` D, I, J, K, L, M.
 */
export type Input = 'start' | 'provisional' | 'success' | 'failure' | 'request' | 'ack' | 'retransmit' | 'timeout' | 'linger';

export type Effect =
  /** Sends the request, or the last response. */
  | 'send'
  /** A response goes up to the user. */
  | 'pass'
  /** ACK for a non-2xx final response (17.1.1.3). */
  | 'acknowledge'
  /** Starts timer A, E or G at T1; only on unreliable transports. */
  | 'start-retransmit'
  | 'stop-retransmit'
  /** Starts timer B, F or H. */
  | 'start-timeout'
  | 'stop-timeout'
  /** Starts the timer that absorbs what may still come, for as long as the machine says. */
  | 'start-linger'
  /** Tells the user that no answer, or no ACK, came. */
  | 'fail';

export interface Transition {
  readonly to: State;
  readonly effects: readonly Effect[];
}

/** One machine: what is not listed changes nothing. */
export interface Machine {
  readonly initial: State;
  readonly table: Partial<Record<State, Partial<Record<Input, Transition>>>>;
  /** Whether the retransmission interval stops growing at T2 (timers E and G do, A does not). */
  readonly capped: boolean;
  /** Lingering time in a state, milliseconds; on a reliable transport where it differs. */
  readonly lingerMs: (state: State, reliable: boolean, timers: Timers) => number;
}

/** RFC 3261 17.1.1.1 and table 4. */
export interface Timers {
  readonly t1Ms: number;
  readonly t2Ms: number;
  readonly t4Ms: number;
}

export const standardTimers: Timers = { t1Ms: 500, t2Ms: 4000, t4Ms: 5000 };

/** Timers B, F, H, L, M and the 2xx retransmission limit. */
export const transactionTimeoutMs = (timers: Timers): number => 64 * timers.t1Ms;

export const step = (machine: Machine, state: State, input: Input): Transition => machine.table[state]?.[input] ?? { to: state, effects: [] };

export const to = (state: State, ...effects: Effect[]): Transition => ({ to: state, effects });
