import * as v from 'valibot';
import type { DigitEntry } from '../../digit-entry.ts';
import { noDigits } from '../../digit-entry.ts';
import type { FlowInput } from '../../flow.ts';
import type { HandOverState } from '../../hand-over.ts';
import { beginHandOver } from '../../hand-over.ts';
import { say } from '../../phrase.ts';
import type { ActionContext, ActionKind, ActionStep } from '../action.ts';
import { result } from '../action.ts';
import { calledResults, calledStep, callingKeys, callTo } from './calling-out.ts';
import { askForKeys, keyedStep, noMoreKeys } from './keyed-number.ts';

const schema = v.strictObject({
  numbers: v.pipe(
    v.array(v.pipe(v.string(), v.regex(/^[0-9*]{1,32}$/, 'a number of digits'))),
    v.minLength(1), v.maxLength(200),
    v.description('Numbers that a caller may key. transfers.allow holds as well.'),
  ),
  retries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10), v.description('So often the caller is asked again after a number that is not on the list.')), 2),
  ...callingKeys,
});
type CallListWith = v.InferOutput<typeof schema>;

type CallListState =
  | { readonly at: 'keying'; readonly entry: DigitEntry; readonly tries: number }
  | { readonly at: 'calling'; readonly number: string; readonly hand: HandOverState };

type Step = ActionStep<CallListState>;

export const callList: ActionKind<CallListWith, CallListState> = {
  name: 'Call List',
  group: 'Telephony',
  about: 'The caller keys a number out of a list, ended by # or a pause, and is put through to it. $KEY holds what was keyed.',
  schema,
  results: () => [
    ...calledResults,
    { name: 'Invalid', about: 'What was keyed is not on the list, as often as the caller was asked.' },
    { name: 'Timeout', about: 'Nothing was keyed.' },
  ],
  hearsKeys: true,
  waits: true,
  begin: (context) => {
    const asked = askForKeys(context.prompts.length === 0 ? say('call-list.enter') : [{ pauseMs: 10 }]);
    return { to: 'state', state: { at: 'keying', entry: asked.entry, tries: 0 }, effects: asked.effects };
  },
  step: (context, settings, state, input) => (state.at === 'keying' ? keying(context, settings, state, input) : calling(context, settings, state, input)),
  example: { with: { numbers: ['201', '202', '300'] }, results: { 'No Answer': 'leave a message', Busy: 'leave a message', Invalid: 'operator', Timeout: 'operator', Failure: 'operator' } },
};

function keying(context: ActionContext, settings: CallListWith, state: Extract<CallListState, { at: 'keying' }>, input: FlowInput): Step {
  const step = keyedStep(state.entry, input);
  if (step === null) return { to: 'state', state, effects: [] };
  if (step.kind === 'more') return { to: 'state', state: { ...state, entry: step.entry }, effects: step.effects };
  if (step.kind === 'timeout') return result('Timeout', undefined, [noMoreKeys]);
  const set = { KEY: step.digits };
  if (settings.numbers.includes(step.digits)) {
    const begun = beginHandOver(callTo(context, settings, step.digits, 'assisted'));
    return { to: 'state', state: { at: 'calling', number: step.digits, hand: begun.state }, effects: [noMoreKeys, ...begun.effects], set };
  }
  if (state.tries >= settings.retries) return result('Invalid', set, [noMoreKeys]);
  const again = askForKeys(say('call-list.wrong', 'call-list.enter'));
  return { to: 'state', state: { at: 'keying', entry: noDigits, tries: state.tries + 1 }, effects: [noMoreKeys, ...again.effects], set };
}

const calling = (context: ActionContext, settings: CallListWith, state: Extract<CallListState, { at: 'calling' }>, input: FlowInput): Step =>
  calledStep(callTo(context, settings, state.number, 'assisted'), state.hand, input, (hand): CallListState => ({ ...state, hand }));
