/**
 * The life of one INVITE session, both roles (RFC 3261 13 and 14).
 *
 *   incoming: offered -> ringing -> accepted -> established -> over        accepted: 200 sent, ACK awaited
 *                                      \-> leaving -> over                  leaving: hung up, but BYE waits for the ACK (15)
 *   outgoing: calling -> alerting -----------> established -> over
 *                 \-> cancelling -> over
 */
export type SessionState = 'offered' | 'ringing' | 'accepted' | 'leaving' | 'established' | 'calling' | 'alerting' | 'cancelling' | 'over';

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
  /** Answers to our INVITE; a 2xx is acknowledged where it is at hand, before this. */
  | 'provisional'
  | 'success'
  | 'failure'
  | 'no-answer'
  /** A request within the session found it gone (481, 408 or no answer), or its timer ran out. */
  | 'lost'
  /** Another unit goes on with the call. */
  | 'release';

export type SessionEffect = 'send-180' | 'send-200' | 'send-refusal' | 'send-487' | 'send-bye' | 'send-cancel' | 'tell-ringing' | 'tell-established' | 'tell-ended'
  /** What is under way is neither repeated nor told. */
  | 'forget'
  /** The session and its dialogs are forgotten. */
  | 'close';

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
    reject: to('over', 'send-refusal', 'tell-ended', 'close'),
    'hang-up': to('over', 'send-refusal', 'tell-ended', 'close'),
    cancelled: to('over', 'send-487', 'tell-ended', 'close'),
    bye: to('over', 'send-487', 'tell-ended', 'close'),
    lost: to('over', 'tell-ended', 'close'),
  },
  ringing: {
    answer: to('accepted', 'send-200'),
    reject: to('over', 'send-refusal', 'tell-ended', 'close'),
    'hang-up': to('over', 'send-refusal', 'tell-ended', 'close'),
    cancelled: to('over', 'send-487', 'tell-ended', 'close'),
    bye: to('over', 'send-487', 'tell-ended', 'close'),
    lost: to('over', 'tell-ended', 'close'),
  },
  accepted: {
    acknowledged: to('established', 'tell-established'),
    unacknowledged: to('over', 'send-bye', 'tell-ended', 'close'),
    'hang-up': to('leaving', 'tell-ended'),
    bye: to('over', 'tell-ended', 'close'),
    lost: to('over', 'tell-ended', 'close'),
  },
  leaving: {
    acknowledged: to('over', 'send-bye', 'close'),
    unacknowledged: to('over', 'send-bye', 'close'),
    bye: to('over', 'close'),
    lost: to('over', 'close'),
  },
  established: {
    'hang-up': to('over', 'send-bye', 'tell-ended', 'close'),
    unacknowledged: to('over', 'send-bye', 'tell-ended', 'close'),
    bye: to('over', 'tell-ended', 'close'),
    lost: to('over', 'send-bye', 'tell-ended', 'close'),
    release: to('over', 'forget', 'tell-ended', 'close'),
  },
  calling: {
    'hang-up': to('cancelling', 'send-cancel'),
    provisional: to('alerting', 'tell-ringing'),
    success: to('established', 'tell-established'),
    failure: to('over', 'tell-ended', 'close'),
    'no-answer': to('over', 'tell-ended', 'close'),
    lost: to('over', 'tell-ended', 'close'),
  },
  alerting: {
    'hang-up': to('cancelling', 'send-cancel'),
    provisional: to('alerting', 'tell-ringing'),
    success: to('established', 'tell-established'),
    failure: to('over', 'tell-ended', 'close'),
    'no-answer': to('over', 'tell-ended', 'close'),
    bye: to('over', 'tell-ended', 'close'),
    lost: to('over', 'tell-ended', 'close'),
  },
  cancelling: {
    failure: to('over', 'tell-ended', 'close'),
    'no-answer': to('over', 'tell-ended', 'close'),
    lost: to('over', 'tell-ended', 'close'),
  },
  over: {},
};

/** What is not listed changes nothing. */
export const sessionStep = (state: SessionState, input: SessionInput): SessionTransition => sessionTable[state][input] ?? { to: state, effects: [] };
