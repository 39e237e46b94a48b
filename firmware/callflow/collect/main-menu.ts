import { enterDigit, entryPatienceMs, interDigitMs, noDigits } from '../digit-entry.ts';
import type { FlowInput } from '../flow.ts';
import type { MainAction } from '../key-map.ts';
import { mainKeys, matchKeys } from '../key-map.ts';
import type { PromptId } from '../language/language.ts';
import { say } from '../phrase.ts';
import type { CollectStep, In } from './collect-state.ts';
import { close, go, maxIdle, menuPatienceMs, over, patience, play, sequenceMs, stay, toMain, wait } from './collect-state.ts';
import { toGreetingMenu } from './greeting-menu.ts';
import { toCategory } from './listen.ts';

export function mainMenu(state: In<'main'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type === 'played') return go(state, wait(menuPatienceMs));
  if (input.type === 'timer') return state.keys === '' ? idle(state) : toMain(state.owner, 'collect.invalid');
  if (input.type !== 'digit') return stay(state);
  const keys = state.keys + input.digit;
  const match = matchKeys(mainKeys, keys);
  if (match.kind === 'more') return go({ ...state, keys, idle: 0 }, wait(sequenceMs));
  return match.kind === 'action' ? act(state.owner, match.action) : toMain(state.owner, 'collect.invalid');
}

function idle(state: In<'main'>): CollectStep {
  if (state.idle + 1 >= maxIdle) return close('goodbye');
  return go({ ...state, idle: state.idle + 1 }, play(say('still-there', 'collect.main-help')));
}

function act(owner: string, action: MainAction): CollectStep {
  switch (action) {
    case 'new':
    case 'old':
    case 'saved':
      return toCategory(owner, action);
    case 'greeting':
      return toGreetingMenu(owner);
    case 'help':
      return toMain(owner);
    case 'leave':
      return close('goodbye');
    case 'change-pin':
      return askNewPin(owner, null, 'pin.change-enter');
  }
}

const askNewPin = (owner: string, first: string | null, ...prompts: PromptId[]): CollectStep =>
  go({ name: 'new-pin', owner, entry: noDigits, first }, { type: 'cancel-timer', name: patience }, play(say(...prompts)));

/** The new PIN, twice. */
export function newPin(state: In<'new-pin'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type === 'played') return go(state, wait(entryPatienceMs));
  if (input.type === 'timer') return state.entry.digits === '' ? toMain(state.owner) : pinGiven(state, state.entry.digits);
  if (input.type !== 'digit') return stay(state);
  const step = enterDigit(state.entry, input.digit);
  return step.kind === 'more' ? go({ ...state, entry: step.entry }, wait(interDigitMs)) : pinGiven(state, step.digits);
}

function pinGiven(state: In<'new-pin'>, pin: string): CollectStep {
  if (state.first === null) return askNewPin(state.owner, pin, 'pin.change-again');
  if (pin !== state.first) return askNewPin(state.owner, null, 'pin.mismatch', 'pin.change-enter');
  return go({ name: 'pin-storing', owner: state.owner }, { type: 'cancel-timer', name: patience }, { type: 'change-pin', mailbox: state.owner, pin });
}

export function pinStoring(state: In<'pin-storing'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type !== 'pin-changed') return stay(state);
  if (input.outcome === 'ok') return toMain(state.owner, 'pin.changed');
  return input.outcome === 'failed' ? toMain(state.owner, 'try-later') : askNewPin(state.owner, null, 'pin.too-simple', 'pin.change-enter');
}
