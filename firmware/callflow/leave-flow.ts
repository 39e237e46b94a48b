import type { Admission } from '../mailbox/message.ts';
import type { DiversionReason } from '../sip/leg.ts';
import type { Breakout } from './breakout.ts';
import { breakoutNumber, breakoutTo } from './breakout.ts';
import type { Flow, FlowEffect, FlowInput, FlowStep, RecordPlan } from './flow.ts';
import type { HandOverState } from './hand-over.ts';
import { beginHandOver, handOverStep } from './hand-over.ts';
import type { PromptId } from './language/language.ts';
import type { Phrase } from './phrase.ts';
import { say } from './phrase.ts';

/** What the start point Leave needs to know of the call. Times in milliseconds. */
export interface LeaveContext {
  readonly mailbox: string;
  readonly reason: DiversionReason;
  /** Whether the mailbox can be collected at this unit; else the log-in key means nothing. */
  readonly mayLogIn: boolean;
  readonly minMs: number;
  readonly maxMs: number;
  /** 0 = silence never ends a message. */
  readonly silenceMs: number;
  /** Where keys 0, 2 and 3 lead; left out: nowhere. */
  readonly breakout?: Breakout;
}

/**
 *   idle -> admitting -> greeting -> opening -> beep -> recording -> storing -> closing -> over
 *               |                      ^                    |
 *               |                  explaining <- dropping <--+ too short
 *               +-> closing (full, no such mailbox)
 *
 *   greeting, recording (what was said is kept) -- 0, 2, 3 --> leaving -> over, or back to opening
 *
 * `gone`: the caller has hung up; what was recorded is still stored, without the `toneMs` of busy tone at its end. `retries`: short messages so far. `exit`: the number that the
 * caller wants instead. `armed`: recording begins by itself where the tone ends; left out: where another unit of an older version began the tone.
 */
export type LeaveState =
  | { readonly name: 'idle' }
  | { readonly name: 'admitting' }
  /** `again`: nothing can be left, and the greeting has been heard so many times. */
  | { readonly name: 'greeting'; readonly again?: number }
  | { readonly name: 'opening'; readonly gone: boolean; readonly retries: number }
  | { readonly name: 'beep'; readonly retries: number; readonly armed?: true }
  | { readonly name: 'recording'; readonly gone: boolean; readonly failed: boolean; readonly retries: number; readonly toneMs?: number; readonly exit?: string }
  | { readonly name: 'storing'; readonly gone: boolean; readonly then: readonly PromptId[]; readonly exit?: string }
  | { readonly name: 'dropping'; readonly gone: boolean; readonly retries: number; readonly exit?: string }
  | { readonly name: 'explaining'; readonly retries: number }
  /** `left`: a message was left before. */
  | { readonly name: 'leaving'; readonly to: string; readonly left: boolean; readonly hand: HandOverState }
  | { readonly name: 'closing' }
  | { readonly name: 'over' };

type Step = FlowStep<LeaveState>;
type In<Name extends LeaveState['name']> = Extract<LeaveState, { name: Name }>;

/** A caller who says too little is asked this many times more. */
const tooShortRetries = 2;

/** Silence that ended a message is cut down to this much. */
const keptSilenceMs = 500;

/** Start point Leave: greeting, beep, message. Keys: 1 or # skips the greeting, 8 in it logs the owner in, # ends the message; 0, 2 and 3 lead out. */
export function leaveFlow(context: LeaveContext): Flow<LeaveState> {
  return { initial: { name: 'idle' }, step: (state, input) => step(context, state, input) };
}

function step(context: LeaveContext, state: LeaveState, input: FlowInput): Step {
  switch (state.name) {
    case 'idle':
      return input.type === 'start' ? go({ name: 'admitting' }, { type: 'admit' }) : stay(state);
    case 'admitting':
      return admitting(context, state, input);
    case 'greeting':
      return greeting(context, state, input);
    case 'opening':
      return opening(context, state, input);
    case 'beep':
      return beeping(context, state, input);
    case 'recording':
      return recording(context, state, input);
    case 'storing':
      return storing(context, state, input);
    case 'dropping':
      return dropping(context, state, input);
    case 'explaining':
      return explaining(state, input);
    case 'leaving':
      return leaving(context, state, input);
    case 'closing':
      return closing(state, input);
    case 'over':
      return stay(state);
  }
}

function admitting(context: LeaveContext, state: In<'admitting'>, input: FlowInput): Step {
  if (input.type === 'hung-up') return over;
  if (input.type !== 'admitted') return stay(state);
  if (input.admission === 'announcement') return go({ name: 'greeting', again: 0 }, greet(context));
  if (input.admission !== 'ok') return close(refusals[input.admission]);
  return go({ name: 'greeting' }, greet(context));
}

const greet = (context: LeaveContext): FlowEffect => play([{ greetingOf: context.mailbox, orElse: systemGreeting(context) }]);

/** An announcement that nobody stops ends after some minutes. */
const maxAnnounced = 20;

function announcing(context: LeaveContext, state: In<'greeting'>, input: FlowInput, again: number): Step {
  if (input.type === 'hung-up') return over;
  if (input.type === 'played') return again + 1 < maxAnnounced ? go({ name: 'greeting', again: again + 1 }, greet(context)) : close('goodbye');
  return input.type === 'digit' && input.digit === '8' && context.mayLogIn ? logIn(context) : stay(state);
}

const logIn = (context: LeaveContext): Step => go({ name: 'over' }, { type: 'stop-play' }, { type: 'become-collect', mailbox: context.mailbox });

const refusals: Record<Exclude<Admission, 'ok' | 'announcement'>, PromptId> = {
  closed: 'leave.full',
  'no-such-mailbox': 'leave.no-mailbox',
  'mailbox-full': 'leave.full',
  'store-full': 'leave.full',
  'store-failed': 'leave.store-failed',
};

function greeting(context: LeaveContext, state: In<'greeting'>, input: FlowInput): Step {
  if (state.again !== undefined) return announcing(context, state, input, state.again);
  if (input.type === 'hung-up') return over;
  if (input.type === 'played') return open(0);
  if (input.type !== 'digit') return stay(state);
  if (input.digit === '1' || input.digit === '#') return open(0, { type: 'stop-play' });
  if (input.digit === '8' && context.mayLogIn) return logIn(context);
  const exit = exitBy(context, input);
  return exit === null ? stay(state) : leave(context, exit, false, { type: 'stop-play' });
}

function opening(context: LeaveContext, state: In<'opening'>, input: FlowInput): Step {
  if (input.type === 'hung-up') return go({ ...state, gone: true });
  if (input.type !== 'opened') return stay(state);
  if (!input.ok) return state.gone ? over : close('leave.store-failed');
  if (state.gone) return go({ name: 'dropping', gone: true, retries: state.retries }, { type: 'abandon-message' });
  return go({ name: 'beep', retries: state.retries, armed: true }, { type: 'play', phrases: [{ beep: true }], bargeIn: false, then: howToRecord(context) });
}

const howToRecord = ({ maxMs, silenceMs }: LeaveContext): RecordPlan => ({ maxMs, silenceMs, stopDigits: '#' });

/** The caller may have spoken, and be gone, before the end of the tone is known here. */
function beeping(context: LeaveContext, state: In<'beep'>, input: FlowInput): Step {
  const { retries, armed = false } = state;
  const begun: In<'recording'> = { name: 'recording', gone: false, failed: false, retries };
  if (input.type === 'played') return armed ? go(begun) : go(begun, { type: 'record', ...howToRecord(context) });
  if (armed && (input.type === 'hung-up' || input.type === 'recorded')) return recording(context, begun, input);
  if (input.type === 'hung-up') return go({ name: 'dropping', gone: true, retries }, { type: 'abandon-message' });
  return stay(state);
}

function recording(context: LeaveContext, state: In<'recording'>, input: FlowInput): Step {
  if (input.type === 'hung-up') return go({ ...state, gone: true, ...toneAtTheEnd(input) }, { type: 'stop-record' });
  if (input.type === 'store-failed') return go({ ...state, failed: true }, { type: 'stop-record' });
  const exit = state.gone || state.exit !== undefined ? null : exitBy(context, input);
  if (exit !== null) return go({ ...state, exit }, { type: 'stop-record' });
  if (input.type !== 'recorded') return stay(state);
  const toneMs = input.end === 'stopped' ? (state.toneMs ?? 0) : 0;
  const keepMs = Math.max(0, input.recordedMs - toneMs) - (input.end === 'silence' ? Math.max(0, input.trailingSilenceMs - keptSilenceMs) : 0);
  const spokenMs = input.end === 'silence' ? input.recordedMs - input.trailingSilenceMs : keepMs;
  if (spokenMs < Math.max(1, context.minMs)) {
    return go({ name: 'dropping', gone: state.gone, retries: state.retries + 1, ...exitOf(state) }, { type: 'abandon-message' });
  }
  const then: PromptId[] = state.failed ? ['leave.saved-so-far'] : input.end === 'max' ? ['leave.maximum', 'leave.sent'] : ['leave.sent'];
  return go({ name: 'storing', gone: state.gone, then, ...exitOf(state) }, { type: 'finish-message', reason: reasonOf(state, input.end), keepMs });
}

const toneAtTheEnd = ({ trailingToneMs = 0 }: Extract<FlowInput, { type: 'hung-up' }>): { toneMs?: number } => (trailingToneMs > 0 ? { toneMs: trailingToneMs } : {});

const reasonOf = (state: In<'recording'>, end: string): string => (state.failed ? 'store-failed' : state.gone ? 'hang-up' : state.exit !== undefined ? 'breakout' : end);

const exitOf = ({ exit }: { readonly exit?: string }): { exit?: string } => (exit === undefined ? {} : { exit });

/** The number that a key leads to; null = it is none of these keys. */
const exitBy = ({ breakout }: LeaveContext, input: FlowInput): string | null => (input.type === 'digit' && breakout !== undefined ? breakoutNumber(breakout, input.digit) : null);

function storing(context: LeaveContext, state: In<'storing'>, input: FlowInput): Step {
  if (input.type === 'hung-up') return go({ ...state, gone: true });
  if (input.type !== 'stored') return stay(state);
  if (state.gone) return over;
  if (state.exit !== undefined) return leave(context, state.exit, input.ok);
  return input.ok ? close(...state.then, 'goodbye') : close('leave.store-failed');
}

function dropping(context: LeaveContext, state: In<'dropping'>, input: FlowInput): Step {
  if (input.type === 'hung-up') return go({ ...state, gone: true });
  if (input.type !== 'stored') return stay(state);
  if (state.gone) return over;
  if (state.exit !== undefined) return leave(context, state.exit, false);
  if (state.retries > tooShortRetries) return close('leave.too-short', 'goodbye');
  return go({ name: 'explaining', retries: state.retries }, play(say('leave.too-short')));
}

function explaining(state: In<'explaining'>, input: FlowInput): Step {
  if (input.type === 'hung-up') return over;
  return input.type === 'played' ? open(state.retries) : stay(state);
}

function leave(context: LeaveContext, to: string, left: boolean, ...first: FlowEffect[]): Step {
  const { breakout } = context;
  if (breakout === undefined) return close('try-later');
  const begun = beginHandOver(breakoutTo(breakout, context.mailbox, to));
  return go({ name: 'leaving', to, left, hand: begun.state }, ...first, ...begun.effects);
}

/** Who is not taken there comes back. */
function leaving(context: LeaveContext, state: In<'leaving'>, input: FlowInput): Step {
  const { breakout } = context;
  if (breakout === undefined) return over;
  const step = handOverStep(breakoutTo(breakout, context.mailbox, state.to), state.hand, input);
  if (step.to === 'state') return go({ ...state, hand: step.state }, ...step.effects);
  if (step.end === 'gone') return over;
  if (step.end === 'talked') return go({ name: 'over' }, { type: 'hang-up', text: 'the conversation is over' }, { type: 'done' });
  if (state.left) return close('transfer.unavailable', 'goodbye');
  return go({ name: 'explaining', retries: 0 }, ...step.effects, play(say('transfer.unavailable', 'greeting.leave-message')));
}

function closing(state: In<'closing'>, input: FlowInput): Step {
  if (input.type === 'hung-up') return over;
  return input.type === 'played' ? go({ name: 'over' }, { type: 'hang-up', text: 'the flow has ended' }, { type: 'done' }) : stay(state);
}

function systemGreeting(context: LeaveContext): Phrase[] {
  const why: Record<DiversionReason, PromptId> = {
    busy: 'greeting.busy',
    'no-answer': 'greeting.no-answer',
    'out-of-hours': 'greeting.out-of-hours',
    default: 'greeting.unavailable',
  };
  return [{ say: 'greeting.mailbox' }, { digits: context.mailbox }, { pauseMs: 250 }, ...say(why[context.reason], 'greeting.leave-message')];
}

const over: Step = { state: { name: 'over' }, effects: [{ type: 'stop-play' }, { type: 'done' }] };

const stay = (state: LeaveState): Step => ({ state, effects: [] });
const go = (state: LeaveState, ...effects: FlowEffect[]): Step => ({ state, effects });
const play = (phrases: readonly Phrase[]): FlowEffect => ({ type: 'play', phrases, bargeIn: false });
const close = (...ids: PromptId[]): Step => go({ name: 'closing' }, play(say(...ids)));
const open = (retries: number, ...first: FlowEffect[]): Step =>
  go({ name: 'opening', gone: false, retries }, ...first, { type: 'open-message' });
