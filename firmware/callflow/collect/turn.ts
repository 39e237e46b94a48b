import type { MailboxOptions } from '../../mailbox/owner-choices.ts';
import type { FlowEffect, FlowInput } from '../flow.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { Recipient } from '../requests/mailbox-requests.ts';
import type { Desk } from './collect-context.ts';
import type { Frame } from './frames.ts';

/**
 * A menu is a stack of frames: a small machine each, whose state is plain data. The one on top hears the keys; what it says moves the stack:
 *
 *     main ─> listening ─> forward ─> addressing            above: another one on top        back: it is over, the one below goes on
 */
export type Turn =
  /** The frame goes on, in this state. */
  | { readonly to: 'stay'; readonly frame: Frame; readonly effects: readonly FlowEffect[] }
  /** `below` waits until the one above it is over. */
  | { readonly to: 'above'; readonly below: Frame; readonly above: Frame; readonly effects: readonly FlowEffect[] }
  | { readonly to: 'instead'; readonly frame: Frame; readonly effects: readonly FlowEffect[] }
  /** `again`: inputs that are for the one below. `options`: what the owner has chosen is this now. */
  | { readonly to: 'back'; readonly result: Result; readonly effects: readonly FlowEffect[]; readonly again?: readonly FlowInput[]; readonly options?: MailboxOptions }
  /** The main menu of the owner's mode, after saying `first`. */
  | { readonly to: 'main'; readonly first: readonly Phrase[] }
  /** The log-in, as if the call had just begun. */
  | { readonly to: 'log-in' }
  /** Says something, then ends the call. */
  | { readonly to: 'close'; readonly ids: readonly PromptId[] };

/** What a frame that is over leaves to the one below. `first`: to be said before it goes on. */
export type Result =
  | { readonly kind: 'done'; readonly first: readonly Phrase[] }
  | { readonly kind: 'cancelled'; readonly first: readonly Phrase[] }
  /** Nobody took what was to be sent: it may go to others. */
  | { readonly kind: 'unsent'; readonly first: readonly Phrase[] }
  | { readonly kind: 'recorded'; readonly first: readonly Phrase[]; readonly recordedMs: number }
  | { readonly kind: 'keyed'; readonly first: readonly Phrase[]; readonly digits: string }
  | { readonly kind: 'addressed'; readonly first: readonly Phrase[]; readonly to: readonly Recipient[] }
  | { readonly kind: 'answered'; readonly first: readonly Phrase[]; readonly answer: Extract<FlowInput, { type: 'answered' }> };

/** One kind of frame. All its functions are pure and total; hanging up is not its business (`hang-up.ts`). */
export interface Machine<One extends Frame> {
  /** It comes to the top for the first time. */
  enter(desk: Desk, frame: One, first: readonly Phrase[]): Turn;
  step(desk: Desk, frame: One, input: FlowInput): Turn;
  /** The frame above it is over. Left out: it is entered again, after `first`. */
  resume?(desk: Desk, frame: One, result: Result): Turn;
}

/** The one wait of this flow; whoever waits restarts it. */
export const patience = 'patience';
/** How long the owner may think between keys in a menu, in milliseconds. */
export const menuPatienceMs = 10_000;
/** How long one key waits for those that make it a longer sequence. */
export const sequenceMs = 2_500;
/** Unanswered prompts in a row before the call is ended. */
export const maxIdle = 3;

export const play = (phrases: readonly Phrase[]): FlowEffect => ({ type: 'play', phrases, bargeIn: true });
export const wait = (ms: number): FlowEffect => ({ type: 'timer', name: patience, ms });
export const noWait: FlowEffect = { type: 'cancel-timer', name: patience };

export const stay = (frame: Frame, ...effects: FlowEffect[]): Turn => ({ to: 'stay', frame, effects });
export const above = (below: Frame, frame: Frame, ...effects: FlowEffect[]): Turn => ({ to: 'above', below, above: frame, effects });
export const instead = (frame: Frame, ...effects: FlowEffect[]): Turn => ({ to: 'instead', frame, effects });
export const back = (result: Result, ...effects: FlowEffect[]): Turn => ({ to: 'back', result, effects });
export const done = (...ids: PromptId[]): Turn => back({ kind: 'done', first: say(...ids) });
export const cancelled = (...ids: PromptId[]): Turn => back({ kind: 'cancelled', first: say(...ids) });
export const toMain = (...ids: PromptId[]): Turn => ({ to: 'main', first: say(...ids) });
export const close = (...ids: PromptId[]): Turn => ({ to: 'close', ids });
