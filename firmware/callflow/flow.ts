/**
 * The vocabulary of call flows. A flow is a pure machine: it is told what happened (FlowInput) and says what to do (FlowEffect).
 * The flow runner in `calls/` does it, on a real call or in a test, and reports the outcome as the next input.
 */
import type { Admission, Message, MessageState } from '../mailbox/message.ts';
import type { GreetingKind, MailboxOptions } from '../mailbox/owner-choices.ts';
import type { Phrase, PhraseAtHand } from './phrase.ts';
import type { QueuePriority } from './requests/queue-requests.ts';
import type { Answered, FlowRequest } from './requests/requests.ts';

/** How something is recorded. Times in milliseconds; `silenceMs` 0: silence does not end it. */
export interface RecordPlan {
  readonly maxMs: number;
  readonly silenceMs: number;
  readonly stopDigits: string;
}

export type RecordingEnd = 'silence' | 'max' | 'digit' | 'stopped';

/**
 * What a flow records beside messages and greetings: for the call itself, until it ends (VoiceMail Pro's $RES), or a prompt of the site, which is in
 * force when it is committed.
 */
export type RecordingPlace = { readonly kind: 'call' } | { readonly kind: 'prompt'; readonly name: string };

export type LoginOutcome = 'ok' | 'wrong' | 'locked' | 'no-pin';

export interface OwnerAtLogIn {
  /** A name is recorded. */
  readonly named: boolean;
  readonly options: MailboxOptions;
}

/** What a mailbox holds when its owner comes in. */
export interface MailboxListing {
  /** `new`: unopened ones too. */
  readonly counts: { readonly new: number; readonly old: number; readonly saved: number; readonly unopened?: number };
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
  /** The call is gone; only work on the store is left. `trailingToneMs`: so much of the end of what was heard is the exchange's busy tone. */
  | { readonly type: 'hung-up'; readonly trailingToneMs?: number }
  | { readonly type: 'admitted'; readonly admission: Admission }
  /** A message or greeting file stands (or could not be made). */
  | { readonly type: 'opened'; readonly ok: boolean }
  /** A recording of the flow's own has come to its end; `id` is what the phrase `recording` takes. */
  | { readonly type: 'kept'; readonly ok: boolean; readonly id: string; readonly durationMs: number }
  /** It is durable (or gone, after abandon). */
  | { readonly type: 'stored'; readonly ok: boolean }
  /** The store gave up while recording went on. */
  | { readonly type: 'store-failed' }
  /** `owner`: of a mailbox that is open now; left out: they have done all, and chosen nothing. */
  | { readonly type: 'logged-in'; readonly outcome: LoginOutcome; readonly mailbox: string; readonly owner?: OwnerAtLogIn }
  | { readonly type: 'listed'; readonly listing: MailboxListing }
  | { readonly type: 'marked'; readonly ok: boolean }
  /** The message cannot be read, or not from here on. */
  | { readonly type: 'unplayable' }
  /** A fax machine calls: CNG (ITU-T T.30), 1,100 Hz. */
  | { readonly type: 'fax-tone' }
  | { readonly type: 'pin-changed'; readonly outcome: 'ok' | 'too-simple' | 'failed' }
  | Answered;

export type FlowEffect =
  /** Replaces what plays. `bargeIn`: the first digit silences it. */
  | { readonly type: 'play'; readonly phrases: readonly Phrase[]; readonly bargeIn: boolean; readonly then?: never }
  /**
   * `then`: the caller is recorded from the very end of it on, also where the flow is told of it late: no `record` follows, and what was said before
   * `played` is in the recording. One `recorded` comes, unless another recording takes its place: of 0 ms where the play is not heard to its end.
   */
  | { readonly type: 'play'; readonly phrases: readonly PhraseAtHand[]; readonly bargeIn: false; readonly then: RecordPlan }
  | { readonly type: 'stop-play' }
  | { readonly type: 'seek'; readonly deltaMs: number }
  /** What plays stands still, or goes on. Whatever is played next is not paused. */
  | { readonly type: 'pause'; readonly paused: boolean }
  /** One step faster or slower, of stored audio in this call, until it is changed again. */
  | { readonly type: 'speed'; readonly faster: boolean }
  /** At once. Answered by `recorded`. */
  | ({ readonly type: 'record' } & RecordPlan)
  | { readonly type: 'stop-record' }
  /** Starts or restarts the named wait. */
  | { readonly type: 'timer'; readonly name: string; readonly ms: number }
  | { readonly type: 'cancel-timer'; readonly name: string }
  /** `mailbox`: another one than the call's. */
  | { readonly type: 'admit'; readonly mailbox?: string }
  | { readonly type: 'open-message'; readonly mailbox?: string }
  /** `priority` counts only where the mailbox lets callers choose it. */
  | { readonly type: 'finish-message'; readonly reason: string; readonly keepMs: number; readonly priority?: boolean; readonly private?: boolean }
  | { readonly type: 'abandon-message' }
  /** `pin: null`: from a trusted source, or by a member of this group mailbox who is logged in; 'wrong' = no such trust, so ask for the PIN. */
  | { readonly type: 'login'; readonly mailbox: string; readonly pin: string | null }
  /** 'new' are unopened ones too: messages of that category in the order that the settings say. */
  | { readonly type: 'list'; readonly mailbox: string; readonly category: 'new' | 'old' | 'saved' | 'deleted' }
  | { readonly type: 'mark'; readonly mailbox: string; readonly id: string; readonly state: MessageState }
  /** Records (on) in the draft of this call, which `send-message` sends: answered by 'opened', before anything is recorded. Twenty pieces at most. */
  | { readonly type: 'open-draft' }
  /** Ends the piece; the draft can be heard, gone on with, sent. Answered by 'stored'. */
  | { readonly type: 'finish-draft'; readonly keepMs: number }
  /** Drops the whole draft, also one that is being recorded. Answered by 'stored'. */
  | { readonly type: 'abandon-draft' }
  /** `kind`: left out, the standard greeting. */
  | { readonly type: 'open-greeting'; readonly mailbox: string; readonly kind?: GreetingKind }
  /** Keeps the recording as the one that `commit-greeting` puts in force. */
  | { readonly type: 'finish-greeting'; readonly keepMs: number }
  | { readonly type: 'commit-greeting' }
  | { readonly type: 'abandon-greeting' }
  /** Answered by `opened`; one at a time. */
  | { readonly type: 'open-recording'; readonly place: RecordingPlace }
  /** Answered by `kept`. A recording of the call stays until the call ends. */
  | { readonly type: 'finish-recording'; readonly keepMs: number }
  /** Answered by `stored`: the prompt that was recorded is in force. */
  | { readonly type: 'commit-recording' }
  /** Answered by `stored`. */
  | { readonly type: 'abandon-recording' }
  /** What is said from now on is said in this language; null = the unit's. */
  | { readonly type: 'speak-language'; readonly code: string | null }
  | { readonly type: 'remove-greeting'; readonly mailbox: string; readonly kind?: GreetingKind }
  | { readonly type: 'change-pin'; readonly mailbox: string; readonly pin: string }
  /** Something of the unit beyond its stores: answered by one `answered`, also after the caller has hung up. */
  | { readonly type: 'ask'; readonly request: FlowRequest }
  /** The rest of the call is another flow's: the mailbox owner pressed the log-in key in the greeting. */
  | { readonly type: 'become-collect'; readonly mailbox: string }
  /** The rest of the call is that of a caller who waits in a queue of this unit. `priority`: null = the queue's own. */
  | { readonly type: 'become-queue'; readonly queue: string; readonly priority: QueuePriority | null }
  /** `back`: the caller is to go on waiting in the queue of the PBX that they came from. */
  | { readonly type: 'hang-up'; readonly text: string; readonly back?: boolean }
  /** Nothing is left to do; resources may go. Comes last, once. */
  | { readonly type: 'done' };

/** Effects on the store, and on the unit: each is answered by one input. */
export type StoreEffect = Exclude<
  FlowEffect,
  { type: 'play' | 'stop-play' | 'seek' | 'pause' | 'speed' | 'record' | 'stop-record' | 'timer' | 'cancel-timer' | 'hang-up' | 'become-collect' | 'become-queue' | 'speak-language' | 'done' }
>;

const answers: ReadonlySet<FlowInput['type']> = new Set(['admitted', 'opened', 'kept', 'stored', 'logged-in', 'listed', 'marked', 'pin-changed', 'answered']);

/** Whether the input answers a `StoreEffect`. */
export const isAnswer = ({ type }: FlowInput): boolean => answers.has(type);

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
  /**
   * How another unit goes on from `state`: where, and what it does first. null, or left out: from the state itself, asking anew for what
   * plays, waits, records or is under way.
   */
  carriedOn?(state: State): FlowStep<State> | null;
  /** In this state a fax tone means something: only then it is listened for. Left out: in none. */
  hearsFax?(state: State): boolean;
}
