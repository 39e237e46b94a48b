import type { FlowEffect, FlowInput, RecordPlan } from '../flow.ts';
import type { Phrase } from '../phrase.ts';

/** How something is recorded, and where to. Times in milliseconds. */
export interface TakePlan {
  /** Answered by `opened`. */
  readonly open: FlowEffect;
  /** Answered by `kept` or `stored`. */
  readonly finish: (keepMs: number) => FlowEffect;
  /** Answered by `stored`. */
  readonly abandon: FlowEffect;
  /** What is heard before each piece; every piece has its own record tone, and all of them are one recording. At least one. */
  readonly pieces: readonly (readonly Phrase[])[];
  /** Of each piece. */
  readonly maxMs: number;
  /** 0 = silence ends none. */
  readonly silenceMs: number;
  /** What is shorter in all is dropped. */
  readonly minMs: number;
  /** Keys that end a piece. */
  readonly stopDigits: string;
}

/**
 *   opening -> asking -> beep -> recording -> (the next piece) ... storing -> over
 *                                                                  dropping ->
 *
 * `doneMs`: of the pieces before. `gone`: the caller has hung up; what was recorded is still stored. `armed`: as in `leave-flow.ts`.
 */
export type TakeState =
  | { readonly at: 'opening'; readonly gone: boolean }
  | { readonly at: 'asking'; readonly piece: number; readonly doneMs: number }
  | { readonly at: 'beep'; readonly piece: number; readonly doneMs: number; readonly armed?: true }
  | { readonly at: 'recording'; readonly piece: number; readonly doneMs: number; readonly gone: boolean; readonly failed: boolean; readonly toneMs: number }
  | { readonly at: 'storing'; readonly gone: boolean; readonly keptMs: number }
  | { readonly at: 'dropping'; readonly gone: boolean; readonly why: 'short' | 'failed' };

/** `id`: of a recording that is a flow's own, else ''. */
export type TakeOutcome = { readonly kind: 'kept'; readonly id: string; readonly durationMs: number } | { readonly kind: 'short' } | { readonly kind: 'failed' };

export type TakeStep =
  | { readonly to: 'state'; readonly state: TakeState; readonly effects: readonly FlowEffect[] }
  | { readonly to: 'over'; readonly outcome: TakeOutcome; readonly gone: boolean };

type In<At extends TakeState['at']> = Extract<TakeState, { at: At }>;

/** Silence that ended a piece is cut down to this much, where it is the last one. */
const keptSilenceMs = 500;

export const beginTake = (plan: TakePlan): TakeStep => go({ at: 'opening', gone: false }, plan.open);

/** Records in pieces with a tone before each. An input that means nothing here changes nothing. */
export function takeStep(plan: TakePlan, state: TakeState, input: FlowInput): TakeStep {
  switch (state.at) {
    case 'opening':
      return opening(plan, state, input);
    case 'asking':
      return asking(plan, state, input);
    case 'beep':
      return beeping(plan, state, input);
    case 'recording':
      return recording(plan, state, input);
    case 'storing':
    case 'dropping':
      return ending(state, input);
  }
}

function opening(plan: TakePlan, state: In<'opening'>, input: FlowInput): TakeStep {
  if (input.type === 'hung-up') return go({ ...state, gone: true });
  if (input.type !== 'opened') return go(state);
  if (!input.ok) return { to: 'over', outcome: { kind: 'failed' }, gone: state.gone };
  return state.gone ? drop(plan, true, 'short') : ask(plan, 0, 0);
}

function ask(plan: TakePlan, piece: number, doneMs: number): TakeStep {
  const phrases = plan.pieces[piece] ?? [];
  return phrases.length === 0 ? tone(plan, piece, doneMs) : go({ at: 'asking', piece, doneMs }, { type: 'play', phrases, bargeIn: true });
}

function asking(plan: TakePlan, state: In<'asking'>, input: FlowInput): TakeStep {
  if (input.type === 'hung-up') return end(plan, state.doneMs, true);
  return input.type === 'played' || input.type === 'digit' ? tone(plan, state.piece, state.doneMs) : go(state);
}

const tone = (plan: TakePlan, piece: number, doneMs: number): TakeStep =>
  go({ at: 'beep', piece, doneMs, armed: true }, { type: 'play', phrases: [{ beep: true }], bargeIn: false, then: howToRecord(plan) });

const howToRecord = ({ maxMs, silenceMs, stopDigits }: TakePlan): RecordPlan => ({ maxMs, silenceMs, stopDigits });

/** The caller may have spoken, and be gone, before the end of the tone is known here. */
function beeping(plan: TakePlan, state: In<'beep'>, input: FlowInput): TakeStep {
  const { piece, doneMs, armed = false } = state;
  const begun: In<'recording'> = { at: 'recording', piece, doneMs, gone: false, failed: false, toneMs: 0 };
  if (input.type === 'played') return armed ? go(begun) : go(begun, { type: 'record', ...howToRecord(plan) });
  if (armed && (input.type === 'hung-up' || input.type === 'recorded')) return recording(plan, begun, input);
  return input.type === 'hung-up' ? end(plan, doneMs, true) : go(state);
}

function recording(plan: TakePlan, state: In<'recording'>, input: FlowInput): TakeStep {
  if (input.type === 'hung-up') return go({ ...state, gone: true, toneMs: input.trailingToneMs ?? 0 }, { type: 'stop-record' });
  if (input.type === 'store-failed') return go({ ...state, failed: true }, { type: 'stop-record' });
  if (input.type !== 'recorded') return go(state);
  const last = state.gone || state.failed || state.piece + 1 >= plan.pieces.length;
  if (!last) return ask(plan, state.piece + 1, state.doneMs + input.recordedMs);
  const silent = input.end === 'silence' ? Math.max(0, input.trailingSilenceMs - keptSilenceMs) : 0;
  const busyTone = input.end === 'stopped' ? state.toneMs : 0;
  return end(plan, state.doneMs + Math.max(0, input.recordedMs - silent - busyTone), state.gone, state.failed ? 'failed' : 'short');
}

function end(plan: TakePlan, keepMs: number, gone: boolean, why: 'short' | 'failed' = 'short'): TakeStep {
  if (keepMs < Math.max(1, plan.minMs)) return drop(plan, gone, why);
  return go({ at: 'storing', gone, keptMs: keepMs }, { type: 'stop-play' }, plan.finish(keepMs));
}

const drop = (plan: TakePlan, gone: boolean, why: 'short' | 'failed'): TakeStep => go({ at: 'dropping', gone, why }, { type: 'stop-play' }, plan.abandon);

function ending(state: In<'storing'> | In<'dropping'>, input: FlowInput): TakeStep {
  if (input.type === 'hung-up') return go({ ...state, gone: true });
  if (input.type !== 'stored' && input.type !== 'kept') return go(state);
  if (state.at === 'dropping') return { to: 'over', outcome: { kind: state.why }, gone: state.gone };
  const kept: TakeOutcome = { kind: 'kept', id: input.type === 'kept' ? input.id : '', durationMs: input.type === 'kept' ? input.durationMs : state.keptMs };
  return { to: 'over', outcome: input.ok ? kept : { kind: 'failed' }, gone: state.gone };
}

const go = (state: TakeState, ...effects: FlowEffect[]): TakeStep => ({ to: 'state', state, effects });
