import type { Flow, FlowInput } from '../flow.ts';
import { carriedOn } from './carried-on.ts';
import type { CollectContext } from './collect-context.ts';
import type { CollectState, CollectStep, In, Plain } from './collect-state.ts';
import { stay } from './collect-state.ts';
import { ending, hangUp, hungUp } from './hang-up.ts';
import { askMailbox, checking, enteringMailbox, enteringPin } from './log-in.ts';
import { inside } from './inside.ts';
import { afterInput } from './work.ts';

/** Start point Collect: log-in, then the menu of the owner's mode (key maps in `key-maps/`). */
export function collectFlow(context: CollectContext): Flow<CollectState> {
  return { initial: { name: 'idle' }, step: (state, input) => step(context, state, input), carriedOn: (state) => carriedOn(context, state) };
}

function step(context: CollectContext, state: CollectState, input: FlowInput): CollectStep {
  return 'frames' in state ? inside(context, state, input) : outside(context, state, input);
}

function outside(context: CollectContext, state: Plain, input: FlowInput): CollectStep {
  switch (state.name) {
    case 'idle':
      return input.type === 'start' ? askMailbox(context, 0, 0, 'collect.welcome') : stay(state);
    case 'mailbox':
      return enteringMailbox(context, state, input);
    case 'pin':
      return enteringPin(context, state, input);
    case 'checking':
      return checking(context, state, input);
    case 'closing':
      return closing(state, input);
    case 'ending':
      return ending(state.work, input);
    case 'over':
      return stay(state);
  }
}

function closing({ work }: In<'closing'>, input: FlowInput): CollectStep {
  const now = afterInput(work, input);
  if (input.type === 'hung-up') return hungUp(now);
  return input.type === 'played' ? hangUp(now) : stay({ name: 'closing', work: now });
}
