import * as v from 'valibot';
import { namePattern, namesPrompt } from '../../document/flow-document.ts';
import { say } from '../../phrase.ts';
import type { ReviewPlan, ReviewState, ReviewStep } from '../../recording/review.ts';
import { beginReview, reviewStep } from '../../recording/review.ts';
import { toPlace } from '../../recording/take-plans.ts';
import type { ActionContext, ActionKind, ActionStep } from '../action.ts';
import { result } from '../action.ts';

/** As long as a prompt may be, in milliseconds. */
const maxPromptMs = 300_000;

const schema = v.strictObject({
  prompt: v.pipe(v.string(), v.minLength(1), v.maxLength(128), namesPrompt(), v.description('Name of the recorded prompt. Variables are filled in.')),
});
type EditPlayListWith = v.InferOutput<typeof schema>;

export const editPlayList: ActionKind<EditPlayListWith, ReviewState> = {
  name: 'Edit Play List',
  group: 'Configuration',
  about: 'Lets the caller hear a recorded prompt of the site and record it anew: 1 plays it, 2 records, 3 saves what was recorded, 0 leaves. Give the action a PIN.',
  schema,
  results: () => [
    { name: 'Next', about: 'The caller has left it, with or without a new recording.' },
    { name: 'Failure', about: 'The text gives no name of a prompt.' },
  ],
  waits: true,
  begin: (context, settings) => (planOf(context, settings) === null ? result('Failure') : on(beginReview())),
  step: (context, settings, state, input) => {
    const plan = planOf(context, settings);
    return plan === null ? result('Failure') : on(reviewStep(plan, state, input));
  },
  example: { with: { prompt: 'Welcome' }, results: { Next: 'menu' } },
};

function planOf({ expand }: ActionContext, { prompt }: EditPlayListWith): ReviewPlan | null {
  const name = expand(prompt).trim();
  if (!namePattern.test(name)) return null;
  return {
    take: { ...toPlace({ kind: 'prompt', name }), pieces: [say('review.record')], maxMs: maxPromptMs, silenceMs: 0, minMs: 1, stopDigits: '#' },
    current: [{ recorded: name, orElse: say('menu.nothing-recorded') }],
    pending: (id) => [{ recording: id, orElse: [] }],
    commit: { type: 'commit-recording' },
  };
}

const on = (step: ReviewStep): ActionStep<ReviewState> => (step.to === 'over' ? result('Next') : { to: 'state', state: step.state, effects: step.effects });
