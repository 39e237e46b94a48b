import type { Flow, FlowEffect, FlowInput, FlowStep } from './flow.ts';
import type { Phrase } from './phrase.ts';
import { say } from './phrase.ts';

/** An alarm call. */
export interface AlarmContext {
  /** Recorded prompt of the site; null = none. */
  readonly prompt: string | null;
  /** Spoken; '' = nothing. */
  readonly text: string;
  /** Keys that end it; '' = the answer did. */
  readonly cancelCode: string;
}

export type AlarmState =
  | { readonly name: 'idle' }
  | { readonly name: 'ringing'; readonly keys: string; readonly times: number }
  | { readonly name: 'cancelling' }
  | { readonly name: 'closing' }
  | { readonly name: 'over' };

type Step = FlowStep<AlarmState>;

const patience = 'patience';
const pauseMs = 2000;
/** Somebody who lifts a telephone in his sleep is told several times. */
const mostTimes = 5;

/** Says what the alarm is about until the code is keyed, or the hearer hangs up. */
export function alarmFlow(context: AlarmContext): Flow<AlarmState> {
  return { initial: { name: 'idle' }, step: (state, input) => step(context, state, input) };
}

function step(context: AlarmContext, state: AlarmState, input: FlowInput): Step {
  if (input.type === 'hung-up') return state.name === 'over' ? stay(state) : over;
  switch (state.name) {
    case 'idle':
      return input.type === 'start' ? tell(context, 1) : stay(state);
    case 'ringing':
      return ringing(context, state, input);
    case 'cancelling':
      return input.type === 'answered' ? close('alarm.cancelled', 'goodbye') : stay(state);
    case 'closing':
      return input.type === 'played' ? go({ name: 'over' }, { type: 'hang-up', text: 'the alarm was told' }, { type: 'done' }) : stay(state);
    case 'over':
      return stay(state);
  }
}

function ringing(context: AlarmContext, state: Extract<AlarmState, { name: 'ringing' }>, input: FlowInput): Step {
  if (input.type === 'played') return go(state, { type: 'timer', name: patience, ms: pauseMs });
  if (input.type === 'timer') return state.times >= mostTimes ? close('goodbye') : tell(context, state.times + 1);
  if (input.type !== 'digit' || context.cancelCode === '') return stay(state);
  const keys = (state.keys + input.digit).slice(-context.cancelCode.length);
  if (keys !== context.cancelCode) return go({ ...state, keys });
  return go({ name: 'cancelling' }, { type: 'cancel-timer', name: patience }, { type: 'stop-play' }, { type: 'ask', request: { kind: 'notice-heard', what: 'cancelled' } });
}

function tell({ prompt, text, cancelCode }: AlarmContext, times: number): Step {
  const own: Phrase[] = text === '' ? [] : [{ speak: text, orElse: [] }];
  const what: Phrase[] = prompt === null ? [...say('alarm.this-is'), ...own] : [{ recorded: prompt, orElse: [...say('alarm.this-is'), ...own] }];
  const end: Phrase[] = cancelCode === '' ? say('alarm.hang-up') : [...say('alarm.to-end'), { digits: cancelCode }];
  return go({ name: 'ringing', keys: '', times }, { type: 'play', phrases: [...what, { pauseMs: 400 }, ...end], bargeIn: false });
}

const over: Step = { state: { name: 'over' }, effects: [{ type: 'stop-play' }, { type: 'cancel-timer', name: patience }, { type: 'done' }] };
const close = (...ids: Parameters<typeof say>): Step => go({ name: 'closing' }, { type: 'play', phrases: say(...ids), bargeIn: false });
const stay = (state: AlarmState): Step => ({ state, effects: [] });
const go = (state: AlarmState, ...effects: FlowEffect[]): Step => ({ state, effects });
