import type { DigitEntry } from '../digit-entry.ts';
import type { Variables } from '../actions/action.ts';

/**
 *            +-> pin <-> checking +
 *            |          |         |
 *   idle -> [node] -----+-> prompts -> action -- result --> [node] ... closing -> over
 *
 * `action` is begun when the PIN is right and the prompts are heard; its inner state is its own.
 */
export type DocumentPhase =
  | { readonly at: 'idle' }
  | { readonly at: 'pin'; readonly entry: DigitEntry; readonly tries: number }
  /** Of the mailbox's owner: asked of the store. `right`: what was keyed is the action's own, or not; whether it is locked is asked. */
  | { readonly at: 'checking'; readonly tries: number; readonly right?: boolean }
  | { readonly at: 'prompts' }
  | { readonly at: 'action'; readonly state: unknown }
  /** The last words are being heard. */
  | { readonly at: 'closing'; readonly text: string }
  | { readonly at: 'over' };

/** What is under way for the node, to be ended when another takes over. */
export interface Underway {
  readonly plays: boolean;
  /** A key ends what plays. */
  readonly bargeIn: boolean;
  readonly records: boolean;
  /** Answers that are to come. */
  readonly answers: number;
  /** Names of timers. */
  readonly waits: readonly string[];
}

/** Where a call is in its flows. JSON. */
export interface DocumentState {
  /** 'FLOW: NODE', for the console. */
  readonly name: string;
  readonly flow: string;
  readonly node: string;
  readonly phase: DocumentPhase;
  /** The start point that Home goes back to. */
  readonly home: string;
  /** Modules that have been called, the innermost last: where Module Return goes on. */
  readonly modules: readonly { readonly flow: string; readonly node: string }[];
  /** Those that a flow has set. */
  readonly variables: Variables;
  readonly underway: Underway;
  /** The caller has hung up. */
  readonly gone: boolean;
  /** Nodes entered since one that waits for the caller. */
  readonly unwaited: number;
}

export const nothingUnderway: Underway = { plays: false, bargeIn: false, records: false, answers: 0, waits: [] };

/** Modules within modules. */
export const mostModules = 8;
/** Nodes in a row of which none waits for the caller: more is an endless loop. */
export const mostUnwaited = 200;

export const initialState = (flow: string): DocumentState => ({
  name: flow, flow, node: '', phase: { at: 'idle' }, home: flow, modules: [], variables: {}, underway: nothingUnderway, gone: false, unwaited: 0,
});
