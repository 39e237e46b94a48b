import type { Flow, FlowInput, FlowStep } from '../flow.ts';
import { goesBack } from './given-back.ts';
import { standardWords } from './queue-words.ts';

/** What a PBX says of the caller whom it has in a queue. */
export interface AnnounceContext {
  readonly point: 'Queued' | 'Still Queued';
  readonly position: number | null;
  readonly etaSec: number | null;
}

export interface AnnounceState {
  readonly name: 'idle' | 'announcing' | 'over';
}

/** The unit's own announcement for a queue of the PBX; then the caller is the queue's again. */
export function announceFlow(context: AnnounceContext): Flow<AnnounceState> {
  return { initial: { name: 'idle' }, step: (state, input) => step(context, state, input) };
}

function step({ point, position, etaSec }: AnnounceContext, state: AnnounceState, input: FlowInput): FlowStep<AnnounceState> {
  if (state.name === 'idle' && input.type === 'start') {
    return { state: { name: 'announcing' }, effects: [{ type: 'play', phrases: standardWords(point, position, etaSec), bargeIn: false }] };
  }
  if (state.name === 'over') return { state, effects: [] };
  if (input.type === 'hung-up') return { state: { name: 'over' }, effects: [{ type: 'done' }] };
  if (input.type !== 'played' && input.type !== 'unplayable') return { state, effects: [] };
  return { state: { name: 'over' }, effects: [goesBack, { type: 'done' }] };
}
