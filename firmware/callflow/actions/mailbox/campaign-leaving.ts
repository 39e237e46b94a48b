import type { FlowEffect, FlowInput } from '../../flow.ts';
import { toPlace } from '../../recording/take-plans.ts';
import type { TakePlan, TakeState, TakeStep } from '../../recording/take.ts';
import { beginTake, takeStep } from '../../recording/take.ts';
import type { ActionContext, ActionStep } from '../action.ts';
import { result } from '../action.ts';
import type { CampaignWith } from './campaign.ts';

/** `ids`: of the answers so far. Who hangs up in the middle has answered what was answered. */
export type LeavingState =
  | { readonly at: 'answering'; readonly ids: readonly string[]; readonly take: TakeState }
  | { readonly at: 'keeping' };

type Step = ActionStep<LeavingState>;

export const beginLeaving = (context: ActionContext, settings: CampaignWith): Step => ask(context, settings, [], 0);

export function leavingStep(context: ActionContext, settings: CampaignWith, state: LeavingState, input: FlowInput): Step {
  if (state.at === 'answering') return answering(context, settings, state.ids, takeStep(planOf(context, settings, state.ids.length), state.take, input));
  if (input.type !== 'answered' || input.kind !== 'campaign-leave') return { to: 'state', state, effects: [] };
  return result(input.answer?.outcome === 'ok' ? 'Next' : 'Failure');
}

function planOf(context: ActionContext, settings: CampaignWith, question: number): TakePlan {
  const { messages } = context.settings;
  return {
    ...toPlace({ kind: 'call' }),
    pieces: [context.phrases(settings.questions[question] ?? [])],
    maxMs: (settings.maxSec ?? messages.maxSec) * 1000,
    silenceMs: (settings.silenceSec ?? messages.silenceSec) * 1000,
    minMs: 1,
    stopDigits: settings.endKeys,
  };
}

function ask(context: ActionContext, settings: CampaignWith, ids: readonly string[], from: number): Step {
  if (from >= settings.questions.length) return keep(settings, ids);
  return answering(context, settings, ids, beginTake(planOf(context, settings, from)));
}

function answering(context: ActionContext, settings: CampaignWith, ids: readonly string[], step: TakeStep): Step {
  if (step.to === 'state') return { to: 'state', state: { at: 'answering', ids, take: step.state }, effects: step.effects };
  const { outcome, gone } = step;
  if (outcome.kind !== 'kept') return keep(settings, ids);
  const all = [...ids, outcome.id];
  return gone ? keep(settings, all) : ask(context, settings, all, all.length);
}

function keep({ campaign }: CampaignWith, recordings: readonly string[]): Step {
  if (recordings.length === 0) return result('Failure');
  const effect: FlowEffect = { type: 'ask', request: { kind: 'campaign-leave', campaign, recordings } };
  return { to: 'state', state: { at: 'keeping' }, effects: [effect] };
}
