import type { FlowInput } from '../flow.ts';
import type { GreetingAction } from '../key-map.ts';
import { greetingKeys, matchKeys } from '../key-map.ts';
import type { PromptId } from '../language/language.ts';
import { say } from '../phrase.ts';
import type { CollectContext, CollectStep, In } from './collect-state.ts';
import { close, go, maxIdle, menuPatienceMs, over, patience, play, stay, toMain, wait } from './collect-state.ts';

/** A greeting shorter than this is taken for a slip. */
const minGreetingMs = 1000;

export const toGreetingMenu = (owner: string, recorded = false, ...first: PromptId[]): CollectStep =>
  go({ name: 'greeting', owner, recorded, idle: 0 }, { type: 'cancel-timer', name: patience }, play(say(...first, 'menu.greeting-help')));

/** Listen, record, save, standard, return. `recorded`: a new greeting waits to be saved. */
export function greetingMenu(state: In<'greeting'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return discard(state);
  if (input.type === 'played') return go(state, wait(menuPatienceMs));
  if (input.type === 'timer') return idle(state);
  if (input.type !== 'digit') return stay(state);
  const match = matchKeys(greetingKeys, input.digit);
  return match.kind === 'action' ? act(state, match.action) : toGreetingMenu(state.owner, state.recorded, 'collect.invalid');
}

/** An unsaved recording goes when the owner does. */
function discard(state: In<'greeting'>): CollectStep {
  if (!state.recorded) return over;
  return go({ name: 'greeting-storing', owner: state.owner, gone: true, then: null, recorded: false }, { type: 'stop-play' }, { type: 'abandon-greeting' });
}

function idle(state: In<'greeting'>): CollectStep {
  if (state.idle + 1 >= maxIdle) return close('goodbye');
  return go({ ...state, idle: state.idle + 1 }, play(say('still-there', 'menu.greeting-help')));
}

function act(state: In<'greeting'>, action: GreetingAction): CollectStep {
  const { owner, recorded } = state;
  switch (action) {
    case 'listen':
      return go(state, play([recorded ? { pendingGreeting: true } : { greetingOf: owner, orElse: say('menu.greeting-none') }, { pauseMs: 300 }, ...say('menu.greeting-help')]));
    case 'record':
      return go({ name: 'greeting-opening', owner }, { type: 'cancel-timer', name: patience }, { type: 'open-greeting', mailbox: owner });
    case 'save':
      return recorded ? store(owner, 'menu.greeting-saved', { type: 'commit-greeting' }) : toGreetingMenu(owner, false, 'menu.nothing-recorded');
    case 'standard':
      return store(owner, 'menu.greeting-removed', { type: 'remove-greeting', mailbox: owner });
    case 'return':
      return recorded ? store(owner, null, { type: 'abandon-greeting' }) : toMain(owner);
    case 'leave':
      return close('goodbye');
  }
}

const store = (owner: string, then: PromptId | null, effect: { type: 'commit-greeting' | 'abandon-greeting' } | { type: 'remove-greeting'; mailbox: string }): CollectStep =>
  go({ name: 'greeting-storing', owner, gone: false, then, recorded: false }, { type: 'cancel-timer', name: patience }, effect);

export function greetingOpening(state: In<'greeting-opening'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return go({ name: 'greeting-recording', owner: state.owner, gone: true });
  if (input.type !== 'opened') return stay(state);
  if (!input.ok) return toGreetingMenu(state.owner, false, 'try-later');
  return go({ name: 'greeting-prompt', owner: state.owner }, { type: 'play', phrases: [{ say: 'menu.greeting-record' }, { beep: true }], bargeIn: false });
}

export function greetingPrompt(context: CollectContext, state: In<'greeting-prompt'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return abandon(state.owner, true);
  if (input.type !== 'played') return stay(state);
  return go({ name: 'greeting-recording', owner: state.owner, gone: false }, { type: 'record', maxMs: context.maxGreetingMs, silenceMs: 0, stopDigits: '#' });
}

export function greetingRecording(state: In<'greeting-recording'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return go({ ...state, gone: true }, { type: 'stop-record' });
  if (input.type === 'opened') return input.ok ? abandon(state.owner, true) : over;
  if (input.type === 'store-failed') return go(state, { type: 'stop-record' });
  if (input.type !== 'recorded') return stay(state);
  if (state.gone || input.recordedMs < minGreetingMs) return abandon(state.owner, state.gone);
  return go({ name: 'greeting-storing', owner: state.owner, gone: false, then: null, recorded: true }, { type: 'finish-greeting', keepMs: input.recordedMs });
}

const abandon = (owner: string, gone: boolean): CollectStep =>
  go({ name: 'greeting-storing', owner, gone, then: gone ? null : 'menu.nothing-recorded', recorded: false }, { type: 'abandon-greeting' });

export function greetingStoring(state: In<'greeting-storing'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return go({ ...state, gone: true });
  if (input.type !== 'stored') return stay(state);
  if (state.gone) return state.recorded && input.ok ? abandon(state.owner, true) : over;
  if (!input.ok) return toGreetingMenu(state.owner, false, 'try-later');
  return toGreetingMenu(state.owner, state.recorded, ...(state.then === null ? [] : [state.then]));
}
