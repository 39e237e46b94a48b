import type { FlowEffect, FlowInput } from '../flow.ts';
import type { CollectStep } from './collect-state.ts';
import { go, over } from './collect-state.ts';
import { noWait } from './turn.ts';
import type { Work } from './work.ts';
import { afterEffects, afterInput } from './work.ts';

/**
 * The owner has gone, wherever they were: a recording is stopped, what is under way in the stores is waited for, what was recorded and not
 * kept goes. So every menu ends, and none has to know how.
 */
export function hungUp(work: Work): CollectStep {
  const effects: FlowEffect[] = [{ type: 'stop-play' }, noWait, ...(work.recording ? [{ type: 'stop-record' } as const] : [])];
  const step = put(work);
  return { state: step.state, effects: step === over ? over.effects : [...effects, ...step.effects] };
}

/** The owner was told goodbye. */
export function hangUp(work: Work): CollectStep {
  const step = put(work);
  return { state: step.state, effects: [{ type: 'hang-up', text: 'the flow has ended' }, ...(step === over ? [{ type: 'done' } as const] : step.effects)] };
}

export const ending = (work: Work, input: FlowInput): CollectStep => put(afterInput(work, input));

function put(work: Work): CollectStep {
  if (work.recording || work.pending > 0) return go({ name: 'ending', work });
  if (work.open === null) return over;
  const effect: FlowEffect = work.open === 'draft' ? { type: 'abandon-draft' } : { type: 'abandon-greeting' };
  return go({ name: 'ending', work: afterEffects(work, [effect]) }, effect);
}
