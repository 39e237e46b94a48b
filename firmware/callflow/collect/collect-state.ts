import type { Message } from '../../mailbox/message.ts';
import type { FlowEffect, FlowStep } from '../flow.ts';
import type { DigitEntry } from '../digit-entry.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';

/** What the start point Collect needs to know of the call. */
export interface CollectContext {
  /** The caller's own mailbox (its number is one), offered as a short cut; null otherwise. */
  readonly ownMailbox: string | null;
  /** The owner logged in from the greeting of this mailbox: only the PIN is asked for. */
  readonly knownMailbox: string | null;
  readonly triesPerCall: number;
  readonly maxGreetingMs: number;
}

export type Category = 'new' | 'old' | 'saved';

/** Where the owner is in a category: the snapshot taken on entering it. Positions are only ever indices into this. */
export interface Listening {
  readonly category: Category;
  readonly messages: readonly Message[];
  readonly index: number;
}

/**
 *   mailbox -> pin -> checking -> counting -> [ listing -> envelope -> body -> after -> ... ] -> main <-> greeting menu, PIN change
 *
 * `owner` is the mailbox after log-in; `tries` counts wrong log-ins of this call; `idle` counts unanswered prompts in a row.
 */
export type CollectState =
  | { readonly name: 'idle' }
  | { readonly name: 'mailbox'; readonly entry: DigitEntry; readonly tries: number; readonly idle: number }
  | { readonly name: 'pin'; readonly mailbox: string; readonly entry: DigitEntry; readonly tries: number; readonly idle: number }
  | { readonly name: 'checking'; readonly tries: number }
  | { readonly name: 'counting'; readonly owner: string }
  | { readonly name: 'announcing'; readonly owner: string; readonly listening: Listening }
  | { readonly name: 'listing'; readonly owner: string; readonly category: Category }
  | { readonly name: 'envelope'; readonly owner: string; readonly listening: Listening }
  | { readonly name: 'body'; readonly owner: string; readonly listening: Listening; readonly helping: boolean }
  | { readonly name: 'after'; readonly owner: string; readonly listening: Listening }
  | { readonly name: 'marking'; readonly owner: string; readonly listening: Listening; readonly then: Afterwards }
  | { readonly name: 'telling'; readonly owner: string; readonly listening: Listening }
  | { readonly name: 'main'; readonly owner: string; readonly keys: string; readonly idle: number }
  | { readonly name: 'greeting'; readonly owner: string; readonly recorded: boolean; readonly idle: number }
  | { readonly name: 'greeting-opening'; readonly owner: string }
  | { readonly name: 'greeting-prompt'; readonly owner: string }
  | { readonly name: 'greeting-recording'; readonly owner: string; readonly gone: boolean }
  | { readonly name: 'greeting-storing'; readonly owner: string; readonly gone: boolean; readonly then: PromptId | null; readonly recorded: boolean }
  | { readonly name: 'new-pin'; readonly owner: string; readonly entry: DigitEntry; readonly first: string | null }
  | { readonly name: 'pin-storing'; readonly owner: string }
  | { readonly name: 'closing' }
  | { readonly name: 'over' };

/** What follows once a state change is durable. */
export type Afterwards =
  | { readonly kind: 'next'; readonly told: PromptId | null }
  | { readonly kind: 'wait' }
  | { readonly kind: 'category'; readonly category: Category }
  | { readonly kind: 'greeting' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'over' };

export type CollectStep = FlowStep<CollectState>;
export type In<Name extends CollectState['name']> = Extract<CollectState, { name: Name }>;

/** The one wait of this flow; whoever waits restarts it. */
export const patience = 'patience';
/** How long the owner may think between keys in a menu, and after a message before the next one plays, in milliseconds. */
export const menuPatienceMs = 10_000;
export const afterMessageMs = 3_000;
export const sequenceMs = 2_500;
/** Unanswered prompts in a row before the call is ended. */
export const maxIdle = 3;

export const stay = (state: CollectState): CollectStep => ({ state, effects: [] });
export const go = (state: CollectState, ...effects: FlowEffect[]): CollectStep => ({ state, effects });
export const play = (phrases: readonly Phrase[]): FlowEffect => ({ type: 'play', phrases, bargeIn: true });
export const wait = (ms: number): FlowEffect => ({ type: 'timer', name: patience, ms });
export const over: CollectStep = { state: { name: 'over' }, effects: [{ type: 'stop-play' }, { type: 'cancel-timer', name: patience }, { type: 'done' }] };

/** Says something, then ends the call. */
export const close = (...ids: PromptId[]): CollectStep =>
  go({ name: 'closing' }, { type: 'cancel-timer', name: patience }, { type: 'play', phrases: say(...ids), bargeIn: false });

/** The main menu, after saying `first`. */
export const toMain = (owner: string, ...first: PromptId[]): CollectStep =>
  go({ name: 'main', owner, keys: '', idle: 0 }, { type: 'cancel-timer', name: patience }, play(say(...first, 'collect.main-help')));
