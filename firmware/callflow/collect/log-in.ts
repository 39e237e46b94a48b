import { enterDigit, entryPatienceMs, interDigitMs, noDigits } from '../digit-entry.ts';
import type { FlowInput } from '../flow.ts';
import type { PromptId } from '../language/language.ts';
import { say } from '../phrase.ts';
import type { CollectContext, CollectStep, In } from './collect-state.ts';
import { close, go, maxIdle, over, patience, play, stay, wait } from './collect-state.ts';

/** Asks for the mailbox, or only for the PIN where the mailbox is known already. */
export function askMailbox(context: CollectContext, tries: number, idle: number, ...first: PromptId[]): CollectStep {
  if (context.knownMailbox !== null) return askPin(context.knownMailbox, tries, idle, ...first);
  const own: PromptId[] = context.ownMailbox === null ? [] : ['collect.enter-own'];
  return go({ name: 'mailbox', entry: noDigits, tries, idle }, play(say(...first, 'collect.enter-mailbox', ...own)));
}

function askPin(mailbox: string, tries: number, idle: number, ...first: PromptId[]): CollectStep {
  return go({ name: 'pin', mailbox, entry: noDigits, tries, idle }, play(say(...first, 'collect.enter-pin')));
}

export function enteringMailbox(context: CollectContext, state: In<'mailbox'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type === 'played') return go(state, wait(entryPatienceMs));
  if (input.type === 'timer') return paused(context, state, () => mailboxGiven(context, state, state.entry.digits));
  if (input.type !== 'digit') return stay(state);
  const step = enterDigit(state.entry, input.digit);
  if (step.kind === 'more') return go({ ...state, entry: step.entry, idle: 0 }, wait(interDigitMs));
  return mailboxGiven(context, state, step.digits);
}

function mailboxGiven(context: CollectContext, state: In<'mailbox'>, digits: string): CollectStep {
  const mailbox = digits === '' ? context.ownMailbox : digits;
  return mailbox === null ? askMailbox(context, state.tries, state.idle) : askPin(mailbox, state.tries, 0);
}

export function enteringPin(context: CollectContext, state: In<'pin'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type === 'played') return go(state, wait(entryPatienceMs));
  if (input.type === 'timer') return paused(context, state, () => check(state, state.entry.digits));
  if (input.type !== 'digit') return stay(state);
  const step = enterDigit(state.entry, input.digit);
  if (step.kind === 'more') return go({ ...state, entry: step.entry, idle: 0 }, wait(interDigitMs));
  return check(state, step.digits);
}

const check = (state: In<'pin'>, pin: string): CollectStep =>
  go({ name: 'checking', tries: state.tries }, { type: 'stop-play' }, { type: 'cancel-timer', name: patience }, { type: 'login', mailbox: state.mailbox, pin });

/** No key for a while: what was keyed counts as complete; nothing keyed = ask again, a few times. */
function paused(context: CollectContext, state: In<'mailbox'> | In<'pin'>, complete: () => CollectStep): CollectStep {
  if (state.entry.digits !== '') return complete();
  if (state.idle + 1 >= maxIdle) return close('goodbye');
  if (state.name === 'pin') return askPin(state.mailbox, state.tries, state.idle + 1);
  return askMailbox(context, state.tries, state.idle + 1);
}

export function checking(context: CollectContext, state: In<'checking'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type !== 'logged-in') return stay(state);
  switch (input.outcome) {
    case 'ok':
      return go({ name: 'counting', owner: input.mailbox }, { type: 'list', mailbox: input.mailbox, category: 'new' });
    case 'locked':
      return close('collect.locked', 'goodbye');
    case 'no-pin':
      return close('collect.no-pin', 'goodbye');
    case 'wrong': {
      const tries = state.tries + 1;
      return tries >= context.triesPerCall ? close('collect.wrong', 'goodbye') : askMailbox(context, tries, 0, 'collect.wrong');
    }
  }
}
