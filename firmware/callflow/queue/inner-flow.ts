import type { Flow, FlowEffect, FlowInput, FlowState } from '../flow.ts';

/** One step of a flow within another, without its own end of the call. */
export interface Inner {
  readonly state: FlowState;
  readonly effects: readonly FlowEffect[];
  /** It wants the call to end, for this reason. */
  readonly hungUp: string | null;
  /** Nothing is left for it to do. */
  readonly done: boolean;
}

export function stepInner(flow: Flow<FlowState>, state: FlowState, input: FlowInput): Inner {
  const { state: next, effects } = flow.step(state, input);
  const hangUp = effects.find((effect) => effect.type === 'hang-up');
  return {
    state: next,
    effects: effects.filter(({ type }) => type !== 'hang-up' && type !== 'done'),
    hungUp: hangUp?.type === 'hang-up' ? hangUp.text : null,
    done: effects.some(({ type }) => type === 'done'),
  };
}

/** To it the caller has hung up; what it has to store it stores. It is not heard any more. `then`: what else it still has to know. */
export function dropInner(flow: Flow<FlowState>, state: FlowState, then: FlowInput | null): Inner {
  const left = stepInner(flow, state, { type: 'hung-up' });
  const told = then === null || left.done ? null : stepInner(flow, left.state, then);
  const inner = told === null ? left : { ...told, effects: [...left.effects, ...told.effects] };
  return { ...inner, effects: inner.effects.filter(({ type }) => type !== 'play'), hungUp: null };
}
