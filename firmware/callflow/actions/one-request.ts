import type { FlowInput } from '../flow.ts';
import type { Phrase } from '../phrase.ts';
import type { AnswerOf, AskOf, FlowRequest, RequestKind } from '../requests/requests.ts';
import type { ActionContext, ActionKind, ActionStep } from './action.ts';
import { result } from './action.ts';

/** `telling`: the caller hears something before the result `then`. */
export type OneRequestState = { readonly at: 'asked' } | { readonly at: 'telling'; readonly then: string };

/** What is particular to an action that asks the unit one thing. */
export interface OneRequest<With, Kind extends RequestKind> extends Omit<ActionKind<With, OneRequestState>, 'begin' | 'step' | 'waits'> {
  readonly kind: Kind;
  /** A text: it is not asked, and this is the result. */
  ask(context: ActionContext, settings: With): AskOf<Kind> | string;
  /** null: it could not be done. */
  answered(context: ActionContext, settings: With, answer: AnswerOf<Kind> | null): ActionStep<OneRequestState>;
}

/** An action that asks the unit one thing, and takes its result from the answer, also after the caller has hung up. */
export function oneRequest<With, Kind extends RequestKind>({ kind, ask, answered, ...facts }: OneRequest<With, Kind>): ActionKind<With, OneRequestState> {
  return {
    ...facts,
    waits: false,
    begin: (context, settings) => {
      const asked = ask(context, settings);
      if (typeof asked === 'string') return result(asked);
      return { to: 'state', state: { at: 'asked' }, effects: [{ type: 'ask', request: { kind, ...(asked as object) } as unknown as FlowRequest }] };
    },
    step: (context, settings, state, input) => {
      if (state.at === 'telling') return isOver(input) ? result(state.then) : stay(state);
      if (input.type !== 'answered' || input.kind !== kind) return stay(state);
      return answered(context, settings, input.answer as AnswerOf<Kind> | null);
    },
  };
}

/** The caller hears it, or cuts it short by a key; then the action has this result. */
export const tell = (phrases: readonly Phrase[], then: string): ActionStep<OneRequestState> => ({ to: 'state', state: { at: 'telling', then }, effects: [{ type: 'play', phrases, bargeIn: true }] });

const isOver = ({ type }: FlowInput): boolean => type === 'played' || type === 'digit' || type === 'hung-up';
const stay = (state: OneRequestState): ActionStep<OneRequestState> => ({ to: 'state', state, effects: [] });
