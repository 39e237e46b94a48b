import type { Answered, FlowRequest } from '../requests/requests.ts';
import type { PromptId } from '../language/language.ts';
import { say } from '../phrase.ts';
import type { Desk } from './collect-context.ts';
import type { Machine, Turn } from './turn.ts';
import { cancelled, done, stay } from './turn.ts';

/** One thing that is asked of the unit, and told when it is done. */
export interface ChoreFrame {
  readonly name: 'chore';
  readonly chore: Chore;
}

export type Chore = 'mail-all' | 'mail-on' | 'mail-off' | 'loop-on' | 'loop-off' | 'call-answer' | 'envelope-time' | 'envelope-name' | 'envelope-number' | 'envelope-length' | 'outcalling-on' | 'outcalling-off';

export const chores: Machine<ChoreFrame> = {
  enter: (desk, frame) => stay(frame, { type: 'stop-play' }, { type: 'ask', request: wish(desk, frame.chore) }),
  step(_desk, frame, input) {
    if (input.type !== 'answered') return stay(frame);
    return input.answer === null ? cancelled('try-later') : told(frame.chore, input);
  },
};

function wish({ owner, options }: Desk, chore: Chore): FlowRequest {
  const choose = (set: Partial<typeof options>): FlowRequest => ({ kind: 'mailbox-options', mailbox: owner, set });
  const envelope = (part: keyof typeof options.envelope): FlowRequest => choose({ envelope: { ...options.envelope, [part]: !options.envelope[part] } });
  switch (chore) {
    case 'mail-all':
      return { kind: 'email-all', mailbox: owner };
    case 'mail-on':
      return { kind: 'set-email', mailbox: owner, mode: null };
    case 'mail-off':
      return { kind: 'set-email', mailbox: owner, mode: 'off' };
    case 'loop-on':
    case 'loop-off':
      return choose({ loopGreeting: chore === 'loop-on' });
    case 'call-answer':
      return choose({ takesCalls: !options.takesCalls });
    case 'envelope-time':
      return envelope('time');
    case 'envelope-name':
      return envelope('name');
    case 'envelope-number':
      return envelope('number');
    case 'envelope-length':
      return envelope('length');
    case 'outcalling-on':
    case 'outcalling-off':
      return { kind: 'set-outcalling', mailbox: owner, options: { on: chore === 'outcalling-on' } };
  }
}

function told(chore: Chore, input: Answered): Turn {
  const { answer } = input;
  if (answer === null) return cancelled('try-later');
  if (input.kind === 'mailbox-options' && input.answer !== null) {
    const { [chore]: said = [] } = optionWords(input.answer);
    return { to: 'back', result: { kind: 'done', first: say(...said) }, effects: [], options: input.answer };
  }
  if (input.kind === 'email-all' && input.answer !== null && input.answer.outcome === 'ok') return done(input.answer.messages === 0 ? 'collect.no-messages' : 'email.all-sent');
  const outcome = 'outcome' in answer ? answer.outcome : 'ok';
  if (outcome === 'no-address') return cancelled('email.no-address');
  return outcome === 'ok' ? done(...(words[chore] ?? [])) : cancelled('try-later');
}

const words: Readonly<Partial<Record<Chore, readonly PromptId[]>>> = {
  'mail-on': ['email.on'],
  'mail-off': ['email.off'],
  'outcalling-on': ['outcalling.on'],
  'outcalling-off': ['outcalling.off'],
};

const optionWords = ({ takesCalls, envelope }: Desk['options']): Readonly<Partial<Record<Chore, readonly PromptId[]>>> => ({
  'loop-on': ['menu.greeting-loop'],
  'loop-off': ['menu.greeting-saved'],
  'call-answer': [takesCalls ? 'options.takes-calls' : 'options.takes-no-calls'],
  'envelope-time': [envelope.time ? 'options.time-on' : 'options.time-off'],
  'envelope-name': [envelope.name ? 'options.name-on' : 'options.name-off'],
  'envelope-number': [envelope.number ? 'options.number-on' : 'options.number-off'],
  'envelope-length': [envelope.length ? 'options.length-on' : 'options.length-off'],
});
