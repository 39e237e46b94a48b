import * as v from 'valibot';
import type { DigitEntry } from '../../digit-entry.ts';
import { entryPatienceMs, noDigits } from '../../digit-entry.ts';
import type { FlowInput } from '../../flow.ts';
import type { HandOverState } from '../../hand-over.ts';
import { beginHandOver } from '../../hand-over.ts';
import type { Phrase } from '../../phrase.ts';
import { say } from '../../phrase.ts';
import { namesByKeys, offeredNames } from '../../spelled-names.ts';
import type { ActionContext, ActionKind, ActionStep } from '../action.ts';
import { result } from '../action.ts';
import { calledResults, calledStep, callingKeys, callTo } from './calling-out.ts';
import { askForKeys, keyedStep, noMoreKeys } from './keyed-number.ts';

/** More names than this are not read out: the caller spells on. One key each, and 9 stays free. */
const mostNames = 8;
const choosing = 'dial-by-name';

const schema = v.strictObject({
  call: v.optional(v.pipe(v.boolean(), v.description('Whether the person is called; else the flow goes on by the result Found, with the number in $KEY.')), true),
  retries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10), v.description('So often the caller may spell anew.')), 2),
  ...callingKeys,
});
type NameWith = v.InferOutput<typeof schema>;

type NameState =
  | { readonly at: 'spelling'; readonly entry: DigitEntry; readonly tries: number }
  | { readonly at: 'choosing'; readonly numbers: readonly string[]; readonly tries: number }
  | { readonly at: 'calling'; readonly number: string; readonly hand: HandOverState };

type Step = ActionStep<NameState>;

export const dialByName: ActionKind<NameWith, NameState> = {
  name: 'Dial by Name',
  group: 'Telephony',
  about: 'The caller spells a first or last name on the keys (2 for A, B, C), hears who is meant, by recorded names, and chooses. Mailboxes without a name are not found.',
  schema,
  results: ({ call }) => [
    ...(call ? calledResults : [{ name: 'Found', about: 'Somebody was chosen; $KEY is the number.' }]),
    { name: 'Invalid', about: 'Nobody has such a name, as often as the caller tried.' },
    { name: 'Timeout', about: 'The caller pressed nothing.' },
  ],
  hearsKeys: true,
  waits: true,
  begin: (context) => spell(0, context.prompts.length === 0 ? say('names.spell') : [{ pauseMs: 10 }]),
  step: (context, settings, state, input) => {
    switch (state.at) {
      case 'spelling':
        return spelling(context, settings, state, input);
      case 'choosing':
        return chosen(context, settings, state, input);
      case 'calling':
        return calledStep(callTo(context, settings, state.number, 'assisted'), state.hand, input, (hand): NameState => ({ ...state, hand }));
    }
  },
  example: { with: { call: true }, results: { 'No Answer': 'leave a message', Busy: 'leave a message', Invalid: 'operator', Timeout: 'operator', Failure: 'operator' } },
};

function spell(tries: number, phrases: readonly Phrase[], entry = noDigits): Step {
  const asked = askForKeys(phrases, entry);
  return { to: 'state', state: { at: 'spelling', entry, tries }, effects: [noMoreKeys, ...asked.effects] };
}

function spelling(context: ActionContext, settings: NameWith, state: Extract<NameState, { at: 'spelling' }>, input: FlowInput): Step {
  const step = keyedStep(state.entry, input);
  if (step === null) return { to: 'state', state, effects: [] };
  if (step.kind === 'more') return { to: 'state', state: { ...state, entry: step.entry }, effects: step.effects };
  if (step.kind === 'timeout') return result('Timeout', undefined, [noMoreKeys]);
  const found = namesByKeys(context.settings.mailboxes, step.digits);
  if (found.length > mostNames) return spell(state.tries, say('names.many'), { digits: step.digits });
  if (found.length > 0) return choose(found.map(({ number }) => number), state.tries);
  return state.tries >= settings.retries ? result('Invalid', undefined, [noMoreKeys]) : spell(state.tries + 1, say('names.none', 'names.spell'));
}

const choose = (numbers: readonly string[], tries: number): Step => ({
  to: 'state', state: { at: 'choosing', numbers, tries }, effects: [noMoreKeys, { type: 'play', phrases: offeredNames(numbers), bargeIn: true }],
});

function chosen(context: ActionContext, settings: NameWith, state: Extract<NameState, { at: 'choosing' }>, input: FlowInput): Step {
  if (input.type === 'played') return { to: 'state', state, effects: [{ type: 'timer', name: choosing, ms: entryPatienceMs }] };
  if (input.type === 'hung-up' || (input.type === 'timer' && input.name === choosing)) return result('Timeout');
  if (input.type !== 'digit') return { to: 'state', state, effects: [] };
  const number = state.numbers[Number(input.digit) - 1];
  if (number !== undefined) return take(context, settings, number);
  return state.tries >= settings.retries ? result('Invalid') : spell(state.tries + 1, say('names.spell'));
}

function take(context: ActionContext, settings: NameWith, number: string): Step {
  const set = { KEY: number };
  if (!settings.call) return result('Found', set);
  const begun = beginHandOver(callTo(context, settings, number, 'assisted'));
  return { to: 'state', state: { at: 'calling', number, hand: begun.state }, effects: [{ type: 'cancel-timer', name: choosing }, ...begun.effects], set };
}
