import * as v from 'valibot';
import { promptsSchema } from '../../document/flow-document.ts';
import type { FlowEffect, FlowInput } from '../../flow.ts';
import type { ActionContext, ActionKind, ActionStep, Variables } from '../action.ts';
import { result } from '../action.ts';
import { clash, matchKeys, menuKeyPattern } from './menu-keys.ts';

/** Keys that are taken for `$`, and in all: what is longer is no entry. */
const mostKeys = 64;
/** So long after the last key a sequence is what was keyed. */
const interKeyMs = 5000;
const wait = 'menu';

const schema = v.strictObject({
  keys: v.pipe(
    v.array(v.pipe(v.string(), v.regex(menuKeyPattern, 'a key of 0-9 * #, a sequence of them in which ? is any digit, $ for any other sequence, or F for a fax tone'))),
    v.minLength(1),
    v.maxLength(64),
    v.check((keys) => new Set(keys).size === keys.length, 'the same key stands twice; each is one result'),
    v.check((keys) => clash(keys) === null, (issue) => {
      const [shorter, longer] = clash(issue.input as string[]) ?? ['', ''];
      return `'${longer}' can never be keyed, because '${shorter}' ends it; no key may begin another`;
    }),
    v.description('Keys that branch, each a result: 0-9 * #, sequences of up to 16, ? for any one digit in them; $ for any sequence that nothing else matches, ended by # or 5 s after the last key; F for a fax tone.'),
  ),
  timeoutSec: v.optional(v.pipe(v.number(), v.minValue(0.5), v.maxValue(60), v.description('So long the caller is waited for, s.')), 5),
  retries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10), v.description('So often the caller is asked again, after nothing or a wrong key.')), 2),
  timeoutPrompts: v.pipe(promptsSchema, v.description('Heard when no key comes, before the caller is asked again, or the result Timeout.')),
  invalidPrompts: v.pipe(promptsSchema, v.description('Heard after a key that is none, before the caller is asked again, or the result Invalid.')),
});
type MenuWith = v.InferOutput<typeof schema>;

/** `pressed`: keys so far. `explaining`: the caller hears what was wrong, and the question again; `then`: or the result. */
type MenuState =
  | { readonly at: 'waiting'; readonly pressed: string; readonly retries: number }
  | { readonly at: 'explaining'; readonly retries: number }
  | { readonly at: 'ending'; readonly then: 'Timeout' | 'Invalid'; readonly pressed: string };

type Step = ActionStep<MenuState>;

export const menu: ActionKind<MenuWith, MenuState> = {
  name: 'Menu',
  group: 'Basic',
  about: 'Branches on the keys that the caller presses, in its prompts or after them. $KEY holds the keys.',
  schema,
  results: ({ keys }) => [
    ...keys.map((key) => ({ name: key, about: aboutKey(key) })),
    { name: 'Timeout', about: 'No key came, as often as the caller was asked.' },
    { name: 'Invalid', about: 'The last try was a key that is none.' },
  ],
  hearsKeys: true,
  hearsFax,
  waits: true,
  begin: (_context, settings) => listen(settings, '', 0),
  step: (context, settings, state, input) => step(context, settings, state, input),
  example: { with: { keys: ['1', '2', '0'], retries: 1 }, results: { 1: 'sales', 2: 'service', 0: 'operator', Timeout: 'operator' } },
};

function hearsFax({ keys }: MenuWith): boolean {
  return keys.includes('F');
}

function aboutKey(key: string): string {
  if (key === '$') return 'Any other sequence.';
  if (key === 'F') return 'A fax machine calls.';
  return `The caller keyed ${key}${key.includes('?') ? ', with any digit for each ?' : ''}.`;
}

function step(context: ActionContext, settings: MenuWith, state: MenuState, input: FlowInput): Step {
  if (input.type === 'fax-tone' && hearsFax(settings)) return result('F');
  switch (state.at) {
    case 'waiting':
      return waiting(context, settings, state, input);
    case 'explaining':
      if (input.type === 'played') return listen(settings, '', state.retries);
      return input.type === 'digit' ? key(context, settings, { at: 'waiting', pressed: '', retries: state.retries }, input.digit) : stay(state);
    case 'ending':
      return input.type === 'played' || input.type === 'digit' || input.type === 'hung-up' ? taken(state.then, state.pressed) : stay(state);
  }
}

function waiting(context: ActionContext, settings: MenuWith, state: Extract<MenuState, { at: 'waiting' }>, input: FlowInput): Step {
  if (input.type === 'digit') return key(context, settings, state, input.digit);
  if (input.type === 'hung-up') return taken('Timeout', state.pressed);
  if (input.type !== 'timer' || input.name !== wait) return stay(state);
  if (state.pressed === '') return again(context, settings, 'Timeout', '', state.retries);
  return settings.keys.includes('$') ? taken('$', state.pressed) : again(context, settings, 'Invalid', state.pressed, state.retries);
}

function key(context: ActionContext, settings: MenuWith, { pressed: before, retries }: Extract<MenuState, { at: 'waiting' }>, digit: string): Step {
  const pressed = before + digit;
  const match = matchKeys(settings.keys, pressed);
  if (typeof match === 'object') return taken(match.found, pressed);
  if (match === 'more') return listen(settings, pressed, retries);
  if (match === 'none' || pressed === '#') return again(context, settings, 'Invalid', pressed, retries);
  if (digit === '#') return taken('$', before);
  return listen(settings, pressed.slice(0, mostKeys), retries);
}

function listen({ timeoutSec }: MenuWith, pressed: string, retries: number): Step {
  return { to: 'state', state: { at: 'waiting', pressed, retries }, effects: [{ type: 'timer', name: wait, ms: pressed === '' ? timeoutSec * 1000 : interKeyMs }] };
}

/** The caller is told, and asked anew as often as may be. */
function again(context: ActionContext, settings: MenuWith, wrong: 'Timeout' | 'Invalid', pressed: string, retries: number): Step {
  const why = context.phrases(wrong === 'Timeout' ? settings.timeoutPrompts : settings.invalidPrompts);
  const last = retries >= settings.retries;
  const phrases = last ? why : [...why, ...context.phrases(context.prompts)];
  const quiet: FlowEffect = { type: 'cancel-timer', name: wait };
  if (phrases.length === 0) return last ? taken(wrong, pressed) : listen(settings, '', retries + 1);
  const state: MenuState = last ? { at: 'ending', then: wrong, pressed } : { at: 'explaining', retries: retries + 1 };
  return { to: 'state', state, effects: [quiet, { type: 'play', phrases, bargeIn: true }], set: keyed(pressed) };
}

const keyed = (pressed: string): Variables => ({ KEY: pressed });
const taken = (name: string, pressed: string): Step => result(name, keyed(pressed));
const stay = (state: MenuState): Step => ({ to: 'state', state, effects: [] });
