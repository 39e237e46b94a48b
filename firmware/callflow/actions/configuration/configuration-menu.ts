import type { DigitEntry } from '../../digit-entry.ts';
import { enterDigit, entryPatienceMs, interDigitMs, noDigits } from '../../digit-entry.ts';
import type { FlowEffect, FlowInput } from '../../flow.ts';
import type { PromptId } from '../../language/language.ts';
import { say } from '../../phrase.ts';
import type { EmailMode } from '../../../config/notify-settings.ts';
import type { ReviewState, ReviewStep } from '../../recording/review.ts';
import { beginReview, reviewStep } from '../../recording/review.ts';
import type { AnswerOf } from '../../requests/requests.ts';
import type { ActionStep } from '../action.ts';
import { result } from '../action.ts';
import { greetingReview, nameReview } from './greeting-plans.ts';

/** Wrong PINs, and unanswered prompts in a row, before the menu ends. */
const mostTries = 3;
const wait = 'configuration';
const patienceMs = 8000;

/** `tries`: wrong PINs; `idle`: unanswered prompts in a row; `first`: a new PIN that is to be keyed once more. */
export type ConfigurationState =
  | { readonly at: 'pin'; readonly entry: DigitEntry; readonly tries: number }
  | { readonly at: 'checking'; readonly tries: number }
  | { readonly at: 'menu'; readonly idle: number }
  | { readonly at: 'greeting' | 'name'; readonly review: ReviewState }
  | { readonly at: 'new-pin'; readonly entry: DigitEntry; readonly first: string | null }
  | { readonly at: 'changing-pin' }
  /** E-mail: which mode is in force is asked; one is chosen; it is set. */
  | { readonly at: 'asking-email' }
  | { readonly at: 'email'; readonly idle: number }
  | { readonly at: 'setting-email'; readonly mode: EmailMode };

type Step = ActionStep<ConfigurationState>;
type In<At extends ConfigurationState['at']> = Extract<ConfigurationState, { at: At }>;

export const askPin = (tries: number, ...first: PromptId[]): Step => go({ at: 'pin', entry: noDigits, tries }, quiet, play(...first, 'collect.enter-pin'));
export const toMenu = (idle: number, ...first: PromptId[]): Step => go({ at: 'menu', idle }, quiet, play(...first, 'config.help'));

export function configurationStep(mailbox: string, state: ConfigurationState, input: FlowInput): Step {
  switch (state.at) {
    case 'pin':
      return enteringPin(mailbox, state, input);
    case 'checking':
      return checking(state, input);
    case 'menu':
      return atMenu(mailbox, state, input);
    case 'greeting':
    case 'name':
      return reviewed(state.at, reviewStep(state.at === 'name' ? nameReview(mailbox) : greetingReview(mailbox), state.review, input));
    case 'new-pin':
      return newPin(mailbox, state, input);
    case 'changing-pin':
      return changingPin(state, input);
    case 'asking-email':
      return input.type === 'answered' && input.kind === 'get-email' ? toEmail(input.answer) : go(state);
    case 'email':
      return atEmail(mailbox, state, input);
    case 'setting-email':
      return settingEmail(state, input);
  }
}

function enteringPin(mailbox: string, state: In<'pin'>, input: FlowInput): Step {
  const digits = entered(state.entry, input);
  if (digits === null) return entering(state, input);
  if (digits === '') return result('Failure');
  return go({ at: 'checking', tries: state.tries }, quiet, { type: 'stop-play' }, { type: 'login', mailbox, pin: digits });
}

function checking(state: In<'checking'>, input: FlowInput): Step {
  if (input.type !== 'logged-in') return go(state);
  if (input.outcome === 'ok') return toMenu(0);
  return input.outcome !== 'wrong' || state.tries + 1 >= mostTries ? result('Failure') : askPin(state.tries + 1, 'collect.wrong');
}

function atMenu(mailbox: string, state: In<'menu'>, input: FlowInput): Step {
  if (input.type === 'hung-up') return result('Next');
  if (input.type === 'played') return go(state, { type: 'timer', name: wait, ms: patienceMs });
  if (input.type === 'timer' && input.name === wait) return state.idle + 1 >= mostTries ? result('Next') : toMenu(state.idle + 1, 'still-there');
  if (input.type !== 'digit') return go(state);
  switch (input.digit) {
    case '1':
      return reviewed('greeting', beginReview(), quiet);
    case '2':
      return reviewed('name', beginReview(), quiet);
    case '3':
      return askNewPin(null, 'pin.change-enter');
    case '4':
      return go({ at: 'asking-email' }, quiet, { type: 'stop-play' }, { type: 'ask', request: { kind: 'get-email', mailbox } });
    case '0':
    case '#':
      return result('Next');
    default:
      return toMenu(0, 'collect.invalid');
  }
}

function reviewed(at: 'greeting' | 'name', step: ReviewStep, ...first: FlowEffect[]): Step {
  return step.to === 'over' ? toMenu(0) : go({ at, review: step.state }, ...first, ...step.effects);
}

const askNewPin = (first: string | null, ...prompts: PromptId[]): Step => go({ at: 'new-pin', entry: noDigits, first }, quiet, play(...prompts));

/** The new PIN, twice. */
function newPin(mailbox: string, state: In<'new-pin'>, input: FlowInput): Step {
  const digits = entered(state.entry, input);
  if (digits === null) return entering(state, input);
  if (digits === '') return toMenu(0);
  if (state.first === null) return askNewPin(digits, 'pin.change-again');
  if (state.first !== digits) return askNewPin(null, 'pin.mismatch', 'pin.change-enter');
  return go({ at: 'changing-pin' }, quiet, { type: 'stop-play' }, { type: 'change-pin', mailbox, pin: digits });
}

function changingPin(state: In<'changing-pin'>, input: FlowInput): Step {
  if (input.type !== 'pin-changed') return go(state);
  const told: Record<typeof input.outcome, PromptId> = { ok: 'pin.changed', 'too-simple': 'pin.too-simple', failed: 'try-later' };
  return toMenu(0, told[input.outcome]);
}

const modes: Readonly<Record<string, EmailMode>> = { 1: 'copy', 2: 'forward', 3: 'alert', 4: 'off' };
/** Of a mode that is in force, whether it has been so or is from now on. */
const modePrompts: Readonly<Record<EmailMode, PromptId>> = { copy: 'email.copy', forward: 'email.forward', alert: 'email.on', off: 'email.off' };

function toEmail(found: AnswerOf<'get-email'> | null): Step {
  if (found === null) return toMenu(0, 'try-later');
  return found.address === null ? toMenu(0, 'email.no-address') : go({ at: 'email', idle: 0 }, quiet, play(modePrompts[found.mode], 'config.email-help'));
}

function atEmail(mailbox: string, state: In<'email'>, input: FlowInput): Step {
  if (input.type === 'hung-up') return result('Next');
  if (input.type === 'played') return go(state, { type: 'timer', name: wait, ms: patienceMs });
  if (input.type === 'timer' && input.name === wait) return state.idle + 1 >= mostTries ? toMenu(0) : go({ at: 'email', idle: state.idle + 1 }, quiet, play('still-there', 'config.email-help'));
  if (input.type !== 'digit') return go(state);
  if (input.digit === '0' || input.digit === '#') return toMenu(0);
  const mode = modes[input.digit];
  if (mode === undefined) return go({ at: 'email', idle: 0 }, quiet, play('collect.invalid', 'config.email-help'));
  return go({ at: 'setting-email', mode }, quiet, { type: 'stop-play' }, { type: 'ask', request: { kind: 'set-email', mailbox, mode } });
}

function settingEmail({ mode, ...state }: In<'setting-email'>, input: FlowInput): Step {
  if (input.type !== 'answered' || input.kind !== 'set-email') return go({ ...state, mode });
  if (input.answer === null) return toMenu(0, 'try-later');
  return toMenu(0, input.answer.outcome === 'ok' ? modePrompts[mode] : 'email.no-address');
}

/** What was keyed, when it is complete: by '#', or by a pause; '' = nothing was, or the caller has gone. null: not yet. */
function entered(entry: DigitEntry, input: FlowInput): string | null {
  if (input.type === 'hung-up') return '';
  if (input.type === 'timer' && input.name === wait) return entry.digits;
  const step = input.type === 'digit' ? enterDigit(entry, input.digit) : null;
  return step?.kind === 'complete' ? step.digits : null;
}

function entering(state: In<'pin'> | In<'new-pin'>, input: FlowInput): Step {
  if (input.type === 'played') return go(state, { type: 'timer', name: wait, ms: entryPatienceMs });
  const step = input.type === 'digit' ? enterDigit(state.entry, input.digit) : null;
  return step?.kind === 'more' ? go({ ...state, entry: step.entry }, { type: 'timer', name: wait, ms: interDigitMs }) : go(state);
}

const quiet: FlowEffect = { type: 'cancel-timer', name: wait };
const play = (...ids: PromptId[]): FlowEffect => ({ type: 'play', phrases: say(...ids), bargeIn: true });
const go = (state: ConfigurationState, ...effects: FlowEffect[]): Step => ({ to: 'state', state, effects });
