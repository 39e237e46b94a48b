import type { DigitEntry } from '../digit-entry.ts';
import type { FlowEffect, FlowStep } from '../flow.ts';
import type { PromptId } from '../language/language.ts';
import { say } from '../phrase.ts';
import type { Session } from './collect-context.ts';
import type { Frame } from './frames.ts';
import { noWait } from './turn.ts';
import type { Work } from './work.ts';
import { noWork } from './work.ts';

/**
 *   mailbox -> pin -> checking -> the menu of the owner's mode: a stack of frames (`turn.ts`) -> closing -> ending -> over
 *
 * `tries` counts wrong log-ins of this call; `idle` counts unanswered prompts in a row.
 */
export type CollectState =
  | { readonly name: 'idle' }
  /** `another`: an owner who is logged in changes to another mailbox. */
  | { readonly name: 'mailbox'; readonly entry: DigitEntry; readonly tries: number; readonly idle: number; readonly another?: true }
  | { readonly name: 'pin'; readonly mailbox: string; readonly entry: DigitEntry; readonly tries: number; readonly idle: number }
  /** `trusted`: the mailbox that is tried without a PIN. */
  | { readonly name: 'checking'; readonly tries: number; readonly trusted?: string }
  | Inside
  | { readonly name: 'closing'; readonly work: Work }
  /** What is under way in the stores is waited for. */
  | { readonly name: 'ending'; readonly work: Work }
  | { readonly name: 'over' };

/** In the menu. `name` is that of what the frame on top does. */
export interface Inside {
  readonly name: Doing;
  readonly session: Session;
  readonly frames: readonly Frame[];
  readonly work: Work;
}

export type Doing = Frame extends infer One ? (One extends { readonly phase: infer Phase extends string } ? Phase : One extends { readonly name: infer Name extends string } ? Name : never) : never;

export const doing = (frame: Frame): Doing => ('phase' in frame ? frame.phase : frame.name);

export type CollectStep = FlowStep<CollectState>;
/** States before and after the menu. */
export type Plain = Exclude<CollectState, Inside>;
export type In<Name extends Plain['name']> = Extract<Plain, { name: Name }>;

export { maxIdle, patience, play, wait } from './turn.ts';

export const stay = (state: CollectState): CollectStep => ({ state, effects: [] });
export const go = (state: CollectState, ...effects: FlowEffect[]): CollectStep => ({ state, effects });
export const over: CollectStep = { state: { name: 'over' }, effects: [{ type: 'stop-play' }, noWait, { type: 'done' }] };

/** Says something, then ends the call. */
export const close = (...ids: PromptId[]): CollectStep => closeWith(noWork, ...ids);
export const closeWith = (work: Work, ...ids: PromptId[]): CollectStep => go({ name: 'closing', work }, noWait, { type: 'play', phrases: say(...ids), bargeIn: false });
