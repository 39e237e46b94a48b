import type { Flow, FlowState, FlowStep } from '../flow.ts';

/** A flow that announces for a queue of a PBX: where it ends without having ended the call, the caller is the queue's again. */
export function givenBack<State extends FlowState>(flow: Flow<State>): Flow<State> {
  return {
    initial: flow.initial,
    step: (state, input): FlowStep<State> => {
      const step = flow.step(state, input);
      const last = step.effects.at(-1);
      const ends = last?.type === 'done' && input.type !== 'hung-up' && !step.effects.some(({ type }) => type === 'hang-up');
      return ends ? { state: step.state, effects: [...step.effects.slice(0, -1), goesBack, last] } : step;
    },
    hearsFax: (state) => flow.hearsFax?.(state) ?? false,
  };
}

export const goesBack = { type: 'hang-up', text: 'the announcement is over, and the caller goes back to the queue', back: true } as const;
