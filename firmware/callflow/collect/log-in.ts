import { enterDigit, entryPatienceMs, interDigitMs, noDigits } from '../digit-entry.ts';
import type { FlowInput } from '../flow.ts';
import { standardOptions } from '../../mailbox/owner-choices.ts';
import type { PromptId } from '../language/language.ts';
import { say } from '../phrase.ts';
import type { CollectContext, Session } from './collect-context.ts';
import { deskOf } from './collect-context.ts';
import type { CollectStep, In } from './collect-state.ts';
import { close, go, maxIdle, over, patience, play, stay, wait } from './collect-state.ts';
import { missing } from './first-log-in.ts';
import { enterMenu } from './inside.ts';
import { modeFrames } from './machines.ts';

/** Asks for the mailbox, or only for the PIN where the mailbox is known already. */
export function askMailbox(context: CollectContext, tries: number, idle: number, ...first: PromptId[]): CollectStep {
  if (context.knownMailbox !== null) return tries === 0 && trusts(context, context.knownMailbox) ? tryTrust(context.knownMailbox, tries) : askPin(context.knownMailbox, tries, idle, ...first);
  const own: PromptId[] = context.ownMailbox === null ? [] : ['collect.enter-own'];
  return go({ name: 'mailbox', entry: noDigits, tries, idle }, play(say(...first, 'collect.enter-mailbox', ...own)));
}

/** An owner who is logged in names another mailbox: one of a group that they are in needs no PIN. */
export const askAnotherMailbox = (tries: number, idle: number, ...first: PromptId[]): CollectStep =>
  go({ name: 'mailbox', entry: noDigits, tries, idle, another: true }, play(say(...first, 'collect.enter-mailbox')));

const trusts = (context: CollectContext, mailbox: string): boolean => context.trusts?.(mailbox) === true;

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
  if (mailbox === null) return askMailbox(context, state.tries, state.idle);
  return state.another === true || trusts(context, mailbox) ? tryTrust(mailbox, state.tries) : askPin(mailbox, state.tries, 0);
}

/** Without a PIN; the store knows whether that will do. */
const tryTrust = (mailbox: string, tries: number): CollectStep =>
  go({ name: 'checking', tries, trusted: mailbox }, { type: 'stop-play' }, { type: 'cancel-timer', name: patience }, { type: 'login', mailbox, pin: null });

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
  return state.another === true ? askAnotherMailbox(state.tries, state.idle + 1) : askMailbox(context, state.tries, state.idle + 1);
}

export function checking(context: CollectContext, state: In<'checking'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type !== 'logged-in') return stay(state);
  switch (input.outcome) {
    case 'ok':
      return welcome(context, input);
    case 'locked':
      return close('collect.locked', 'goodbye');
    case 'no-pin':
      return close('collect.no-pin', 'goodbye');
    case 'wrong': {
      if (state.trusted !== undefined) return askPin(state.trusted, state.tries, 0);
      const tries = state.tries + 1;
      return tries >= context.triesPerCall ? close('collect.wrong', 'goodbye') : askMailbox(context, tries, 0, 'collect.wrong');
    }
  }
}

/** The menu of the owner's mode, after what the owner has not done yet. */
function welcome(context: CollectContext, { mailbox, owner }: Extract<FlowInput, { type: 'logged-in' }>): CollectStep {
  const session: Session = { owner: mailbox, options: owner?.options ?? standardOptions };
  const desk = deskOf(context, session);
  const { first } = modeFrames[desk.mode];
  const left = owner === undefined ? [] : missing(desk, owner);
  return enterMenu(context, session, left.length === 0 ? first : { name: 'first-log-in', left, then: first });
}
