import type { FlowEffect, FlowInput } from '../flow.ts';

/**
 * What is of the caller's place in the queue while a flow of the site announces. kept: an agent may have them at any time. held: somebody else is
 * called for them, and no agent is. left: they have talked to somebody. `later`: what the flow wants when the queue has agreed to it.
 */
export interface Place {
  readonly is: 'kept' | 'held' | 'left';
  readonly later: FlowEffect | null;
}

export const kept: Place = { is: 'kept', later: null };

/** Before a flow has somebody called the place is held, before the two talk it is left: nobody has one caller twice. */
export function withPlace(place: Place, effects: readonly FlowEffect[], queue: string): { readonly place: Place; readonly effects: readonly FlowEffect[] } {
  const later = effects.find((effect) => asksFirst(place, effect) !== null);
  if (later === undefined) return { place, effects };
  const request = asksFirst(place, later) === 'left' ? ({ kind: 'queue-leave', queue } as const) : ({ kind: 'queue-hold', queue, held: true } as const);
  return { place: { ...place, later }, effects: effects.map((effect) => (effect === later ? { type: 'ask', request } : effect)) };
}

/** The queue's answer, which is none of the flow's business; null: the input is something else. Who may not go is the agent's, whose news are under way. */
export function agreedTo({ is, later }: Place, input: FlowInput): { readonly place: Place; readonly effects: readonly FlowEffect[] } | null {
  if (input.type !== 'answered' || (input.kind !== 'queue-hold' && input.kind !== 'queue-leave')) return null;
  if (later === null) return { place: { is, later }, effects: [] };
  const goes = input.kind === 'queue-hold' ? input.answer?.held !== false : input.answer?.left !== false;
  if (!goes) return { place: { is, later }, effects: [] };
  return { place: { is: input.kind === 'queue-hold' ? 'held' : 'left', later: null }, effects: [later] };
}

/** The announcement is over. Who has left comes in anew, by `next`. */
export function backFrom({ is }: Place, queue: string, next: FlowEffect): readonly FlowEffect[] {
  if (is === 'left') return [next];
  const heard: FlowEffect = { type: 'ask', request: { kind: 'queue-announced', queue } };
  return is === 'kept' ? [heard] : [heard, { type: 'ask', request: { kind: 'queue-hold', queue, held: false } }];
}

/** To the flow that waits for something which was not asked for, and never will be. null: it does not. */
export const neverAsked = ({ later }: Place): FlowInput | null => (later?.type === 'ask' ? ({ type: 'answered', kind: later.request.kind, answer: null } as FlowInput) : null);

function asksFirst({ is }: Place, effect: FlowEffect): 'held' | 'left' | null {
  if (effect.type !== 'ask' || is === 'left') return null;
  if (effect.request.kind === 'talk') return 'left';
  return is === 'kept' && (effect.request.kind === 'transfer' || effect.request.kind === 'park-and-page') ? 'held' : null;
}
