import * as v from 'valibot';
import type { Flow, FlowInput, FlowState } from '../../flow.ts';
import type { ActionContext, ActionKind, ActionStep } from '../action.ts';
import { result } from '../action.ts';
import { collectIn } from './inner-contexts.ts';
import { innerStep } from './inner-flow.ts';
import { mailboxesIn, targetOf } from './recorded.ts';

const schema = v.strictObject({
  mailbox: v.optional(
    v.pipe(v.string(), v.maxLength(128), v.description("Whose messages: a mailbox (its number; variables are filled in), 'presumed' for that of the start point, or 'ask' to ask the caller for the number.")),
    'presumed',
  ),
});
type GetMailWith = v.InferOutput<typeof schema>;

/** `loggedIn`: an owner has been in. */
interface GetMailState {
  readonly inner: FlowState;
  readonly loggedIn: boolean;
}

type Step = ActionStep<GetMailState>;

export const getMail: ActionKind<GetMailWith, GetMailState> = {
  name: 'Get Mail',
  group: 'Mailbox',
  about: 'Lets a mailbox owner log in and gives them the telephone menu of their mailbox. When they leave it, the flow goes on.',
  schema,
  results: () => [
    { name: 'Next', about: 'The owner has been in the mailbox and left it.' },
    { name: 'Failure', about: 'Nobody logged in.' },
  ],
  waits: true,
  begin: (context, settings) => {
    const flow = flowOf(context, settings);
    return on(flow, { inner: flow.initial, loggedIn: false }, { type: 'start' });
  },
  step: (context, settings, state, input) => on(flowOf(context, settings), state, input),
  references: ({ mailbox }) => ({ mailboxes: mailboxesIn(mailbox) }),
  concerns: (context, { mailbox }) => (mailbox === 'ask' ? context.mailbox : targetOf(context, mailbox)),
  example: { with: { mailbox: '201' }, results: { Next: 'menu', Failure: 'menu' } },
};

/** At Collect the mailbox that is presumed is the caller's own, and they may name another. */
function flowOf(context: ActionContext, { mailbox }: GetMailWith): Flow<FlowState> {
  const target = mailbox === 'ask' ? null : targetOf(context, mailbox);
  const own = mailbox !== 'ask' && (mailbox !== 'presumed' || context.point !== 'Collect');
  return collectIn(context, { knownMailbox: own ? target : null, ownMailbox: own ? null : target });
}

function on(flow: Flow<FlowState>, before: GetMailState, input: FlowInput): Step {
  const loggedIn = before.loggedIn || (input.type === 'logged-in' && input.outcome === 'ok');
  const { state: inner, effects, done, set } = innerStep(flow, before.inner, input);
  if (done) return result(loggedIn ? 'Next' : 'Failure', set, effects);
  return { to: 'state', state: { inner, loggedIn }, effects, set };
}
