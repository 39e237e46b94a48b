import * as v from 'valibot';
import type { ReviewState, ReviewStep } from '../../recording/review.ts';
import { beginReview, reviewStep } from '../../recording/review.ts';
import type { ActionKind, ActionStep } from '../action.ts';
import { result } from '../action.ts';
import { mailboxesIn, targetOf } from '../mailbox/recorded.ts';
import { nameReview } from './greeting-plans.ts';

const schema = v.strictObject({
  mailbox: v.optional(v.pipe(v.string(), v.maxLength(128), v.description("Whose name: a mailbox (its number; variables are filled in), or 'presumed' for that of the start point.")), 'presumed'),
});
type RecordNameWith = v.InferOutput<typeof schema>;

export const recordName: ActionKind<RecordNameWith, ReviewState> = {
  name: 'Record Name',
  group: 'Configuration',
  about: 'Lets the caller hear the spoken name of a mailbox and record it anew, 10 s at most: 1 plays it, 2 records, 3 saves what was recorded, 0 leaves. Give the action a PIN.',
  schema,
  results: () => [
    { name: 'Next', about: 'The caller has left it, with or without a new name.' },
    { name: 'Failure', about: 'No mailbox is presumed, or it is none of the unit.' },
  ],
  waits: true,
  begin: (context, { mailbox }) => (knownTarget(context, mailbox) === null ? result('Failure') : on(beginReview())),
  step: (context, { mailbox }, state, input) => {
    const target = targetOf(context, mailbox);
    return target === null ? result('Failure') : on(reviewStep(nameReview(target), state, input));
  },
  references: ({ mailbox }) => ({ mailboxes: mailboxesIn(mailbox) }),
  concerns: (context, { mailbox }) => targetOf(context, mailbox),
  example: { with: { mailbox: '$KEY' }, results: { Next: 'menu', Failure: 'ask' } },
};

/** null: of no mailbox of the unit. */
export function knownTarget(context: Parameters<typeof targetOf>[0] & Pick<Parameters<typeof recordName.begin>[0], 'settings'>, to: string): string | null {
  const target = targetOf(context, to);
  return context.settings.mailboxes.some(({ number }) => number === target) ? target : null;
}

const on = (step: ReviewStep): ActionStep<ReviewState> => (step.to === 'over' ? result('Next') : { to: 'state', state: step.state, effects: step.effects });
