import type { Refusal } from './port-classes.ts';
import type { Route } from './route-call.ts';

/**
 *                 adopted ---+
 *                            v
 *   offered -> answering -> running -> draining -> over
 *      |           |                                ^
 *      +-----------+--------------------------------+
 *
 * draining: the leg is gone; the flow still stores and the media thread still flushes. The port is given back when both are done.
 */
export type CallState =
  | { readonly name: 'offered' }
  | { readonly name: 'answering' }
  /** `mediaStopped`: the media thread has let go by itself, for the line that carried the audio is lost; the leg's end follows. */
  | { readonly name: 'running'; readonly flowDone: boolean; readonly mediaStopped?: true }
  | { readonly name: 'draining'; readonly flowDone: boolean; readonly mediaStopped: boolean }
  | { readonly name: 'over' };

export type CallInput =
  /** `noPort`: what it is told where no port is left for it. */
  | { readonly type: 'routed'; readonly route: Route; readonly noPort: Refusal | null }
  /** Offer and answer are known on both sides. */
  | { readonly type: 'established' }
  /** It stands already: another unit took it, and it goes on here. */
  | { readonly type: 'adopted' }
  /** Another unit carries it on. */
  | { readonly type: 'given-away' }
  /** The leg is gone, whoever ended it. */
  | { readonly type: 'leg-ended' }
  | { readonly type: 'flow-done' }
  | { readonly type: 'media-stopped' }
  /** Draining takes far longer than any disk: give up waiting. */
  | { readonly type: 'drain-timeout' };

export type CallEffect =
  | { readonly type: 'answer' }
  | { readonly type: 'reject'; readonly status: number; readonly reason: string; readonly retryAfterSec: number | null }
  | { readonly type: 'redirect'; readonly contact: string }
  | { readonly type: 'start-media' }
  | { readonly type: 'start-flow' }
  | { readonly type: 'stop-media' }
  | { readonly type: 'tell-flow-hung-up' }
  /** The flow does nothing more; what it has recorded waits for the other unit's word. */
  | { readonly type: 'give-flow-away' }
  | { readonly type: 'release' }
  | { readonly type: 'report-stuck' };

export interface CallStep {
  readonly state: CallState;
  readonly effects: readonly CallEffect[];
}

/** The life of one call. Pure and total: an input that means nothing in a state changes nothing. */
export function callStep(state: CallState, input: CallInput): CallStep {
  switch (state.name) {
    case 'offered':
      return offered(state, input);
    case 'answering':
      return answering(state, input);
    case 'running':
      return running(state, input);
    case 'draining':
      return draining(state, input);
    case 'over':
      return stay(state);
  }
}

function offered(state: CallState, input: CallInput): CallStep {
  if (input.type === 'leg-ended') return over;
  if (input.type === 'adopted') return begin;
  if (input.type !== 'routed') return stay(state);
  if (input.route.to === 'refuse') return refuse(input.route.status, input.route.reason, input.route.retryAfterSec ?? null);
  if (input.route.to === 'redirect') return { state: { name: 'over' }, effects: [{ type: 'redirect', contact: input.route.contact }, { type: 'release' }] };
  if (input.noPort !== null) return refuse(input.noPort.status, input.noPort.reason, input.noPort.retryAfterSec);
  return { state: { name: 'answering' }, effects: [{ type: 'answer' }] };
}

const refuse = (status: number, reason: string, retryAfterSec: number | null): CallStep => ({
  state: { name: 'over' },
  effects: [{ type: 'reject', status, reason, retryAfterSec }, { type: 'release' }],
});

function answering(state: CallState, input: CallInput): CallStep {
  if (input.type === 'leg-ended') return over;
  if (input.type !== 'established') return stay(state);
  return begin;
}

function running(state: CallState & { name: 'running' }, input: CallInput): CallStep {
  if (input.type === 'flow-done') return { state: { ...state, flowDone: true }, effects: [] };
  if (input.type === 'media-stopped') return { state: { ...state, mediaStopped: true }, effects: [] };
  if (input.type !== 'leg-ended' && input.type !== 'given-away') return stay(state);
  const told = input.type === 'given-away' ? 'give-flow-away' : 'tell-flow-hung-up';
  const mediaStopped = state.mediaStopped === true;
  if (state.flowDone && mediaStopped) return over;
  return {
    state: { name: 'draining', flowDone: state.flowDone, mediaStopped },
    effects: state.flowDone ? [{ type: 'stop-media' }] : [{ type: 'stop-media' }, { type: told }],
  };
}

function draining(state: CallState & { name: 'draining' }, input: CallInput): CallStep {
  if (input.type === 'drain-timeout') return { state: { name: 'over' }, effects: [{ type: 'report-stuck' }, { type: 'release' }] };
  const next = {
    ...state,
    flowDone: state.flowDone || input.type === 'flow-done',
    mediaStopped: state.mediaStopped || input.type === 'media-stopped',
  };
  return next.flowDone && next.mediaStopped ? over : { state: next, effects: [] };
}

const begin: CallStep = { state: { name: 'running', flowDone: false }, effects: [{ type: 'start-media' }, { type: 'start-flow' }] };
const over: CallStep = { state: { name: 'over' }, effects: [{ type: 'release' }] };
const stay = (state: CallState): CallStep => ({ state, effects: [] });
