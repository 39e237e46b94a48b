import * as v from 'valibot';
import { promptsSchema } from '../../document/flow-document.ts';
import type { ActionContext, ActionKind, ActionStep } from '../action.ts';
import { result } from '../action.ts';

/** Keys that one action dials. */
const mostDialled = 64;
const wait = 'post-dial';

const schema = v.pipe(
  v.strictObject({
    digits: v.optional(v.pipe(v.string(), v.maxLength(128), v.description('Keys that are dialled into the call: 0-9 * # A-D; variables are filled in, and what is no key is left out.')), ''),
    play: v.pipe(promptsSchema, v.description('Heard in the call after the keys; no key cuts it short.')),
  }),
  v.check(({ digits, play }) => digits !== '' || play.length > 0, 'nothing to dial and nothing to play; add digits or play'),
);
type With = v.InferOutput<typeof schema>;

type PostDialState = { readonly at: 'dialling' } | { readonly at: 'dialled' } | { readonly at: 'playing' };
type Step = ActionStep<PostDialState>;

export const postDial: ActionKind<With, PostDialState> = {
  name: 'Post Dial',
  group: 'Miscellaneous',
  about: 'Dials keys into the call that is up, or plays something into it.',
  schema,
  results: () => [{ name: 'Next', about: 'All is dialled and played.' }],
  waits: false,
  begin: (context, settings) => {
    const digits = context.expand(settings.digits).toUpperCase().replace(/[^0-9*#A-D]/g, '').slice(0, mostDialled);
    return digits === '' ? playing(context, settings) : { to: 'state', state: { at: 'dialling' }, effects: [{ type: 'ask', request: { kind: 'send-digits', digits } }] };
  },
  step: (context, settings, state, input) => {
    if (state.at === 'dialling' && input.type === 'answered' && input.kind === 'send-digits') return dialled(context, settings, input.answer?.sentMs ?? null);
    if (state.at === 'dialled' && input.type === 'timer' && input.name === wait) return playing(context, settings);
    const over = input.type === 'hung-up' || (input.type === 'played' && state.at === 'playing');
    return over && state.at !== 'dialling' ? result('Next') : { to: 'state', state, effects: [] };
  },
  example: { with: { digits: '*72$CP1#' }, results: { Next: 'goodbye' } },
};

/** `sentMs`: null = they could not be sent. */
function dialled(context: ActionContext, settings: With, sentMs: number | null): Step {
  return sentMs === null ? playing(context, settings) : { to: 'state', state: { at: 'dialled' }, effects: [{ type: 'timer', name: wait, ms: sentMs }] };
}

function playing({ phrases }: ActionContext, { play }: With): Step {
  const heard = phrases(play);
  return heard.length === 0 ? result('Next') : { to: 'state', state: { at: 'playing' }, effects: [{ type: 'play', phrases: heard, bargeIn: false }] };
}
