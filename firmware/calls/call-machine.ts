import type { Route } from './route-call.ts';

/**
 *   offered -> answering -> running -> draining -> over
 *      |           |                                ^
 *      +-----------+--------------------------------+
 *
 * draining: the leg is gone; the flow still stores and the media thread still flushes. The port is given back when both are done.
 */
export type CallState =
  | { readonly name: 'offered' }
  | { readonly name: 'answering' }
  | { readonly name: 'running'; readonly flowDone: boolean }
  | { readonly name: 'draining'; readonly flowDone: boolean; readonly mediaStopped: boolean }
  | { readonly name: 'over' };

export type CallInput =
  | { readonly type: 'routed'; readonly route: Route; readonly portFree: boolean }
  /** Offer and answer are known on both sides. */
  | { readonly type: 'established' }
  /** The leg is gone, whoever ended it. */
  | { readonly type: 'leg-ended' }
  | { readonly type: 'flow-done' }
  | { readonly type: 'media-stopped' }
  /** Draining takes far longer than any disk: give up waiting. */
  | { readonly type: 'drain-timeout' };

export type CallEffect =
  | { readonly type: 'answer' }
  | { readonly type: 'reject'; readonly status: number; readonly reason: string; readonly retryAfterSec: number | null }
  | { readonly type: 'start-media' }
  | { readonly type: 'start-flow' }
  | { readonly type: 'stop-media' }
  | { readonly type: 'tell-flow-hung-up' }
  | { readonly type: 'release' }
  | { readonly type: 'report-stuck' };

export interface CallStep {
  readonly state: CallState;
  readonly effects: readonly CallEffect[];
}

/** How long a caller's PBX should wait before it tries a full unit again, in seconds. */
export const busyRetryAfterSec = 5;

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
  if (input.type !== 'routed') return stay(state);
  if (input.route.to === 'refuse') return refuse(input.route.status, input.route.reason, input.route.retryAfterSec ?? null);
  if (!input.portFree) return refuse(503, 'All voicemail ports are in use', busyRetryAfterSec);
  return { state: { name: 'answering' }, effects: [{ type: 'answer' }] };
}

const refuse = (status: number, reason: string, retryAfterSec: number | null): CallStep => ({
  state: { name: 'over' },
  effects: [{ type: 'reject', status, reason, retryAfterSec }, { type: 'release' }],
});

function answering(state: CallState, input: CallInput): CallStep {
  if (input.type === 'leg-ended') return over;
  if (input.type !== 'established') return stay(state);
  return { state: { name: 'running', flowDone: false }, effects: [{ type: 'start-media' }, { type: 'start-flow' }] };
}

function running(state: CallState & { name: 'running' }, input: CallInput): CallStep {
  if (input.type === 'flow-done') return { state: { ...state, flowDone: true }, effects: [] };
  if (input.type !== 'leg-ended') return stay(state);
  return {
    state: { name: 'draining', flowDone: state.flowDone, mediaStopped: false },
    effects: state.flowDone ? [{ type: 'stop-media' }] : [{ type: 'stop-media' }, { type: 'tell-flow-hung-up' }],
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

const over: CallStep = { state: { name: 'over' }, effects: [{ type: 'release' }] };
const stay = (state: CallState): CallStep => ({ state, effects: [] });
