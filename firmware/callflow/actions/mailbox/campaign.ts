import * as v from 'valibot';
import { nameSchema, promptsSchema } from '../../document/flow-document.ts';
import type { ActionKind } from '../action.ts';
import type { LeavingState } from './campaign-leaving.ts';
import { beginLeaving, leavingStep } from './campaign-leaving.ts';
import type { ReviewState } from './campaign-review.ts';
import { beginReview, reviewStep } from './campaign-review.ts';
import { recordingKeys } from './recorded.ts';
import { mostQuestions } from './voice-question.ts';

const { maxSec, silenceSec, endKeys } = recordingKeys;
const schema = v.strictObject({
  campaign: v.pipe(nameSchema, v.description('Name of the campaign: where the answers are kept.')),
  access: v.optional(v.pipe(v.picklist(['leave', 'review']), v.description("'leave': the caller is asked the questions; 'review': the caller hears what was answered.")), 'leave'),
  questions: v.optional(v.pipe(v.array(promptsSchema), v.maxLength(mostQuestions), v.description('The prompts of each question, in the order in which they are asked (leave).')), []),
  maxSec, silenceSec, endKeys,
});
export type CampaignWith = v.InferOutput<typeof schema>;

type CampaignState = { readonly access: 'leave'; readonly leaving: LeavingState } | { readonly access: 'review'; readonly review: ReviewState };

export const campaign: ActionKind<CampaignWith, CampaignState> = {
  name: 'Campaign',
  group: 'Mailbox',
  about:
    'A set of questions whose answers are recorded one by one and kept together, or their review by telephone: 7 repeats the answers of a caller, 4 deletes and 5 saves them, 9 or # goes on to the next, 0 or * leaves. A campaign keeps the answers of 100 callers, 400 answers in all.',
  schema,
  results: ({ access }) =>
    access === 'review'
      ? [{ name: 'Next', about: 'Whoever reviewed has heard all, or left.' }]
      : [
          { name: 'Next', about: 'The answers are kept.' },
          { name: 'Failure', about: 'None was given, the campaign is full, or the store refused.' },
        ],
  waits: true,
  begin: (context, settings) => (settings.access === 'review' ? within('review', beginReview(settings)) : within('leave', beginLeaving(context, settings))),
  step: (context, settings, state, input) =>
    state.access === 'review' ? within('review', reviewStep(settings, state.review, input)) : within('leave', leavingStep(context, settings, state.leaving, input)),
  example: { with: { campaign: 'Orders', questions: [[{ speak: 'What would you like to order?' }], [{ speak: 'Where shall we send it?' }]], maxSec: 60 }, results: { Next: 'thanks', Failure: 'operator' } },
};

/** The part's step, its state marked with which part it is. */
function within(access: 'leave', step: ReturnType<typeof beginLeaving>): ReturnType<typeof campaign.begin>;
function within(access: 'review', step: ReturnType<typeof beginReview>): ReturnType<typeof campaign.begin>;
function within(access: 'leave' | 'review', step: ReturnType<typeof beginLeaving> | ReturnType<typeof beginReview>): ReturnType<typeof campaign.begin> {
  if (step.to !== 'state') return step;
  const state = (access === 'review' ? { access, review: step.state } : { access, leaving: step.state }) as CampaignState;
  return { ...step, state };
}
