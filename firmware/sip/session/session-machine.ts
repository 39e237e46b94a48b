/**
 * The life of one INVITE session, both roles (RFC 3261 13 and 14).
 *
 *   incoming: offered -> ringing -> accepted -> established -> over        accepted: 200 sent, ACK awaited
 *   outgoing: calling -> alerting -----------> established -> over
 *                 \-> cancelling -> over
 */
export type SessionState = 'offered' | 'ringing' | 'accepted' | 'established' | 'calling' | 'alerting' | 'cancelling' | 'over';

export type SessionInput =
  /** The user of an incoming call. */
  | 'ring'
  | 'answer'
  | 'reject'
  | 'hang-up'
  /** The peer of an incoming call. */
  | 'cancelled'
  | 'acknowledged'
  /** No ACK came: timer H of a refusal, or 64*T1 after the 200. */
  | 'unacknowledged'
  | 'bye'
  /** Answers to our INVITE. */
  | 'provisional'
  | 'success'
  | 'failure'
  | 'no-answer'
  /** A request within the session found it gone (481, 408 or no answer), or its timer ran out. */
  | 'lost';

export type SessionEffect = 'send-180' | 'send-200' | 'send-refusal' | 'send-487' | 'send-bye' | 'send-cancel' | 'send-ack' | 'send-ack-and-bye' | 'tell-ringing' | 'tell-established' | 'tell-ended';

export interface SessionTransition {
  readonly to: SessionState;
  readonly effects: readonly SessionEffect[];
}

const to = (state: SessionState, ...effects: SessionEffect[]): SessionTransition => ({ to: state, effects });

type Table = Record<SessionState, Partial<Record<SessionInput, SessionTransition>>>;

export const sessionTable: Table = {
  offered: {
    ring: to('ringing', 'send-180'),
    answer: to('accepted', 'send-200'),
    reject: to('over', 'send-refusal', 'tell-ended'),
    'hang-up': to('over', 'send-refusal', 'tell-ended'),
    cancelled: to('over', 'send-487', 'tell-ended'),
    lost: to('over', 'tell-ended'),
  },
  ringing: {
    answer: to('accepted', 'send-200'),
    reject: to('over', 'send-refusal', 'tell-ended'),
    'hang-up': to('over', 'send-refusal', 'tell-ended'),
    cancelled: to('over', 'send-487', 'tell-ended'),
    lost: to('over', 'tell-ended'),
  },
  accepted: {
    acknowledged: to('established', 'tell-established'),
    unacknowledged: to('over', 'send-bye', 'tell-ended'),
    'hang-up': to('over', 'send-bye', 'tell-ended'),
    bye: to('over', 'tell-ended'),
    lost: to('over', 'tell-ended'),
  },
  established: {
    'hang-up': to('over', 'send-bye', 'tell-ended'),
    unacknowledged: to('over', 'send-bye', 'tell-ended'),
    bye: to('over', 'tell-ended'),
    lost: to('over', 'send-bye', 'tell-ended'),
  },
  calling: {
    'hang-up': to('cancelling', 'send-cancel'),
    provisional: to('alerting', 'tell-ringing'),
    success: to('established', 'send-ack', 'tell-established'),
    failure: to('over', 'tell-ended'),
    'no-answer': to('over', 'tell-ended'),
    lost: to('over', 'tell-ended'),
  },
  alerting: {
    'hang-up': to('cancelling', 'send-cancel'),
    provisional: to('alerting', 'tell-ringing'),
    success: to('established', 'send-ack', 'tell-established'),
    failure: to('over', 'tell-ended'),
    'no-answer': to('over', 'tell-ended'),
    bye: to('over', 'tell-ended'),
    lost: to('over', 'tell-ended'),
  },
  cancelling: {
    success: to('over', 'send-ack-and-bye', 'tell-ended'),
    failure: to('over', 'tell-ended'),
    'no-answer': to('over', 'tell-ended'),
    lost: to('over', 'tell-ended'),
  },
  over: {
    // A 200 that crossed our CANCEL or came for another fork.
    success: to('over', 'send-ack-and-bye'),
  },
};

/** What is not listed changes nothing. */
export const sessionStep = (state: SessionState, input: SessionInput): SessionTransition => sessionTable[state][input] ?? { to: state, effects: [] };
