import * as v from 'valibot';
import type { Flow, FlowEffect, FlowInput, FlowState } from '../../flow.ts';
import type { ActionContext, ActionKind, ActionStep } from '../action.ts';
import { result } from '../action.ts';
import { collectIn, leaveIn, modeOf } from './inner-contexts.ts';
import { innerStep } from './inner-flow.ts';
import { concernedBy, mailboxesIn, targetOf } from './recorded.ts';

const schema = v.strictObject({
  mailbox: v.optional(v.pipe(v.string(), v.maxLength(128), v.description("Whose: a mailbox (its number; variables are filled in), or 'presumed' for that of the start point.")), 'presumed'),
});
type LeaveMailWith = v.InferOutput<typeof schema>;

/**
 * `collecting`: the owner has pressed the log-in key, and it is their menu now. `stored`: a message is. `recording`: the tone has been heard,
 * or the caller has hung up or pressed 0 in it. `pressed`: the result that a 0 of the caller leads to, as soon as nothing is under way.
 */
interface LeaveMailState {
  readonly mailbox: string;
  readonly inner: FlowState;
  readonly collecting: boolean;
  readonly recording: boolean;
  readonly finishing: boolean;
  readonly stored: boolean;
  readonly pressed: 'Success' | 'Failure' | null;
}

type Step = ActionStep<LeaveMailState>;

export const leaveMail: ActionKind<LeaveMailWith, LeaveMailState> = {
  name: 'Leave Mail',
  group: 'Mailbox',
  about:
    "Plays the greeting of a mailbox and takes a message. In IP Office mode a caller's 0 before the tone follows Success, and after it Failure, without the message; in Intuity mode 0 goes to the reception number. 8 in the greeting lets the owner log in.",
  schema,
  results: () => [
    { name: 'Success', about: 'The message is stored; or 0 before the tone (IP Office mode).' },
    { name: 'Failure', about: 'None was left, the mailbox takes none, or the store refused; or 0 after the tone (IP Office mode).' },
  ],
  waits: true,
  begin: (context, { mailbox }) => {
    const target = targetOf(context, mailbox);
    if (target === null || target === 'call') return result('Failure');
    const flow = leaveIn(context, target);
    return on(flow, { mailbox: target, inner: flow.initial, collecting: false, recording: false, finishing: false, stored: false, pressed: null }, { type: 'start' }, context);
  },
  step: (context, { mailbox }, state, input) => {
    const target = targetOf(context, mailbox);
    if (target === null) return result('Failure');
    const flow = state.collecting ? collectIn(context, { knownMailbox: target, ownMailbox: null }) : leaveIn(context, target);
    return input.type === 'digit' && input.digit === '0' && takesZero(context, target, state) ? zero(flow, state, context) : on(flow, state, input, context);
  },
  references: ({ mailbox }) => ({ mailboxes: mailboxesIn(mailbox) }),
  concerns: (context, { mailbox }) => concernedBy(context, mailbox),
  example: { with: { mailbox: '201' }, results: { Success: 'thanks', Failure: 'operator' } },
};

/** Who is on the way to somebody else (keys 2 and 3) leads no further. */
function takesZero({ settings }: ActionContext, mailbox: string, { inner, collecting, pressed, finishing }: LeaveMailState): boolean {
  return modeOf(settings, mailbox) === 'ip-office' && !collecting && pressed === null && !finishing && inner.name !== 'leaving';
}

/** The inner flow is told that the caller has gone, so it ends what it has in the store; what was recorded is dropped (`dropped`). */
function zero(flow: Flow<FlowState>, state: LeaveMailState, context: ActionContext): Step {
  return on(flow, { ...state, pressed: state.recording ? 'Failure' : 'Success' }, { type: 'hung-up' }, context);
}

function on(flow: Flow<FlowState>, before: LeaveMailState, input: FlowInput, context: ActionContext): Step {
  const { state: inner, effects: unaddressed, done, becomes, set } = innerStep(flow, before.inner, input);
  const asked = unaddressed.map((effect) => addressed(effect, before.mailbox));
  if (becomes !== null) return collecting(before, becomes, asked, context);
  const effects = before.pressed === null ? asked : asked.map(dropped);
  const finishing = before.finishing || effects.some(({ type }) => type === 'finish-message');
  const stored = before.stored || (before.finishing && input.type === 'stored' && input.ok);
  if (done) return result(before.pressed ?? (stored ? 'Success' : 'Failure'), set, effects);
  const recording = before.recording || inner.name === 'recording';
  return { to: 'state', state: { ...before, inner, recording, finishing, stored }, effects, set };
}

/** The start point Leave is for the mailbox of the call; an action may name another. */
const addressed = (effect: FlowEffect, mailbox: string): FlowEffect => (effect.type === 'admit' || effect.type === 'open-message' ? { ...effect, mailbox } : effect);

const dropped = (effect: FlowEffect): FlowEffect => (effect.type === 'finish-message' ? { type: 'abandon-message' } : effect);

function collecting(before: LeaveMailState, mailbox: string, effects: readonly FlowEffect[], context: ActionContext): Step {
  const flow = collectIn(context, { knownMailbox: mailbox, ownMailbox: null });
  const { state: inner, effects: more } = innerStep(flow, flow.initial, { type: 'start' });
  return { to: 'state', state: { ...before, inner, collecting: true }, effects: [...effects, ...more] };
}
