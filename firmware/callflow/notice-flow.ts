import type { Flow, FlowEffect, FlowInput, FlowStep } from './flow.ts';
import type { Phrase } from './phrase.ts';
import { say } from './phrase.ts';

/** A call of the unit about new messages of a mailbox. */
export interface NoticeContext {
  readonly mailbox: string;
  readonly messages: number;
}

/** announcing -> ( become-collect | stopping -> closing | closing ) -> over. Whoever does nothing, or something else, was not reached. */
export type NoticeState =
  | { readonly name: 'idle' }
  | { readonly name: 'announcing'; readonly keys: string; readonly times: number }
  | { readonly name: 'reporting'; readonly then: 'collect' | 'close' }
  | { readonly name: 'closing' }
  | { readonly name: 'over' };

type Step = FlowStep<NoticeState>;
type In<Name extends NoticeState['name']> = Extract<NoticeState, { name: Name }>;

const patience = 'patience';
/** The answering machine of somebody else talks first; then the words are said again. */
const pauseMs = 4000;
const mostTimes = 4;
const mostKeys = 20;

/** Who answers keys the number of the mailbox and #, and logs in with its PIN; or `*#`, and is not called about these messages again. */
export function noticeFlow(context: NoticeContext): Flow<NoticeState> {
  return { initial: { name: 'idle' }, step: (state, input) => step(context, state, input) };
}

function step(context: NoticeContext, state: NoticeState, input: FlowInput): Step {
  switch (state.name) {
    case 'idle':
      return input.type === 'start' ? announce(context, 1) : input.type === 'hung-up' ? over : stay(state);
    case 'announcing':
      return announcing(context, state, input);
    case 'reporting':
      return reporting(context, state, input);
    case 'closing':
      if (input.type === 'hung-up') return over;
      return input.type === 'played' ? go({ name: 'over' }, { type: 'hang-up', text: 'the notice was heard' }, { type: 'done' }) : stay(state);
    case 'over':
      return stay(state);
  }
}

function announcing(context: NoticeContext, state: In<'announcing'>, input: FlowInput): Step {
  switch (input.type) {
    case 'hung-up':
      return over;
    case 'played':
      return go(state, { type: 'timer', name: patience, ms: pauseMs });
    case 'timer':
      return state.times >= mostTimes ? close : announce(context, state.times + 1);
    case 'digit':
      return keyed(context, state, input.digit);
    default:
      return stay(state);
  }
}

function keyed(context: NoticeContext, state: In<'announcing'>, digit: string): Step {
  if (digit !== '#') return go({ ...state, keys: digit === '*' ? '*' : (state.keys + digit).slice(-mostKeys) }, { type: 'timer', name: patience, ms: pauseMs });
  if (state.keys.replace('*', '') === context.mailbox) return report('reached', 'collect');
  return state.keys === '*' ? report('stop', 'close') : announce(context, state.times + 1);
}

function reporting(context: NoticeContext, state: In<'reporting'>, input: FlowInput): Step {
  if (input.type === 'hung-up') return over;
  if (input.type !== 'answered') return stay(state);
  if (state.then === 'collect') return go({ name: 'over' }, { type: 'become-collect', mailbox: context.mailbox });
  return go({ name: 'closing' }, { type: 'play', phrases: say('notice.stopped', 'goodbye'), bargeIn: false });
}

function announce(context: NoticeContext, times: number): Step {
  if (times > mostTimes) return close;
  const whose: Phrase = { nameOf: context.mailbox, orElse: [...say('notice.mailbox'), { digits: context.mailbox }] };
  const phrases: Phrase[] = [...say('notice.this-is'), whose, { pauseMs: 250 }, ...say('notice.there-are'), { count: 'new', of: context.messages }, { pauseMs: 400 }, ...say('notice.log-in', 'notice.stop')];
  return go({ name: 'announcing', keys: '', times }, { type: 'cancel-timer', name: patience }, { type: 'play', phrases, bargeIn: true });
}

const report = (what: 'reached' | 'stop', then: 'collect' | 'close'): Step =>
  go({ name: 'reporting', then }, { type: 'cancel-timer', name: patience }, { type: 'stop-play' }, { type: 'ask', request: { kind: 'notice-heard', what } });

const over: Step = { state: { name: 'over' }, effects: [{ type: 'stop-play' }, { type: 'cancel-timer', name: patience }, { type: 'done' }] };
const close: Step = { state: { name: 'closing' }, effects: [{ type: 'cancel-timer', name: patience }, { type: 'play', phrases: say('goodbye'), bargeIn: false }] };
const stay = (state: NoticeState): Step => ({ state, effects: [] });
const go = (state: NoticeState, ...effects: FlowEffect[]): Step => ({ state, effects });
