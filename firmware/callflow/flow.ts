/**
 * The vocabulary of call flows. A flow is a pure machine: it is told what happened (FlowInput) and says what to do (FlowEffect).
 * The flow runner in `calls/` does it, on a real call or in a test, and reports the outcome as the next input.
 */
import type { Admission, Message, MessageState } from '../mailbox/message.ts';
import type { Phrase } from './phrase.ts';

export type RecordingEnd = 'silence' | 'max' | 'digit' | 'stopped';

export type LoginOutcome = 'ok' | 'wrong' | 'locked' | 'no-pin';

/** What a mailbox holds when its owner comes in. */
export interface MailboxListing {
  readonly counts: { readonly new: number; readonly old: number; readonly saved: number };
  /** Messages of the category asked for, oldest first: the snapshot that positions refer to. */
  readonly messages: readonly Message[];
}

export type FlowInput =
  | { readonly type: 'start' }
  | { readonly type: 'digit'; readonly digit: string }
  /** What was asked to play has been heard to its end (not when stopped, replaced or cut by a digit). */
  | { readonly type: 'played' }
  | { readonly type: 'recorded'; readonly end: RecordingEnd; readonly recordedMs: number; readonly trailingSilenceMs: number }
  | { readonly type: 'timer'; readonly name: string }
  /** The call is gone; only work on the store is left. */
  | { readonly type: 'hung-up' }
  | { readonly type: 'admitted'; readonly admission: Admission }
  /** A message or greeting file stands (or could not be made). */
  | { readonly type: 'opened'; readonly ok: boolean }
  /** It is durable (or gone, after abandon). */
  | { readonly type: 'stored'; readonly ok: boolean }
  /** The store gave up while recording went on. */
  | { readonly type: 'store-failed' }
  | { readonly type: 'logged-in'; readonly outcome: LoginOutcome; readonly mailbox: string }
  | { readonly type: 'listed'; readonly listing: MailboxListing }
  | { readonly type: 'marked'; readonly ok: boolean }
  /** The message cannot be read, or not from here on. */
  | { readonly type: 'unplayable' }
  | { readonly type: 'pin-changed'; readonly outcome: 'ok' | 'too-simple' | 'failed' };

export type FlowEffect =
  /** Replaces what plays. `bargeIn`: the first digit silences it. */
  | { readonly type: 'play'; readonly phrases: readonly Phrase[]; readonly bargeIn: boolean }
  | { readonly type: 'stop-play' }
  | { readonly type: 'seek'; readonly deltaMs: number }
  | { readonly type: 'record'; readonly maxMs: number; readonly silenceMs: number; readonly stopDigits: string }
  | { readonly type: 'stop-record' }
  /** Starts or restarts the named wait. */
  | { readonly type: 'timer'; readonly name: string; readonly ms: number }
  | { readonly type: 'cancel-timer'; readonly name: string }
  | { readonly type: 'admit' }
  | { readonly type: 'open-message' }
  | { readonly type: 'finish-message'; readonly reason: string; readonly keepMs: number }
  | { readonly type: 'abandon-message' }
  | { readonly type: 'login'; readonly mailbox: string; readonly pin: string }
  | { readonly type: 'list'; readonly mailbox: string; readonly category: 'new' | 'old' | 'saved' }
  | { readonly type: 'mark'; readonly mailbox: string; readonly id: string; readonly state: MessageState }
  | { readonly type: 'open-greeting'; readonly mailbox: string }
  /** Keeps the recording as the one that `commit-greeting` puts in force. */
  | { readonly type: 'finish-greeting'; readonly keepMs: number }
  | { readonly type: 'commit-greeting' }
  | { readonly type: 'abandon-greeting' }
  | { readonly type: 'remove-greeting'; readonly mailbox: string }
  | { readonly type: 'change-pin'; readonly mailbox: string; readonly pin: string }
  /** The rest of the call is another flow's: the mailbox owner pressed the log-in key in the greeting. */
  | { readonly type: 'become-collect'; readonly mailbox: string }
  | { readonly type: 'hang-up'; readonly text: string }
  /** Nothing is left to do; resources may go. Comes last, once. */
  | { readonly type: 'done' };

export interface FlowStep<State> {
  readonly state: State;
  readonly effects: readonly FlowEffect[];
}

/** What anybody may know of a flow's state: its name, for the console. */
export interface FlowState {
  readonly name: string;
}

/** A flow: `step` is pure and total; an input that means nothing in a state changes nothing. */
export interface Flow<State> {
  readonly initial: State;
  step(state: State, input: FlowInput): FlowStep<State>;
}
