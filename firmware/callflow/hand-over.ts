import type { FlowEffect, FlowInput } from './flow.ts';
import type { HoldAudio } from './hold-audio.ts';
import { holdInstead, holdPhrases } from './hold-audio.ts';
import type { TransferAsk, TransferOutcome } from './requests/transfer-requests.ts';

/**
 * A caller on the way to somebody else, as part of a flow:
 *
 *   calling ── answered ──> talking ── somebody hangs up ──> end
 *      │ └── gone ──> gone ── the leg ends ──> end
 *      └── busy, no answer ... ──> end
 *
 * While calling the caller hears `hold`, round after round; the ringing tone where it cannot be read. After a hang-up the answer that is to come is waited for: it comes at once.
 */
export type HandOverState = { readonly at: 'calling'; readonly hungUp?: true } | { readonly at: 'talking' } | { readonly at: 'gone' };

export interface HandOver {
  readonly ask: TransferAsk;
  readonly hold: HoldAudio;
  /** `transfers.zone`. */
  readonly zone: string;
}

/** talked: they had each other, and the caller is still there. gone: nothing is left to do with this caller. */
export type HandOverEnd = 'gone' | 'talked' | Exclude<TransferOutcome, 'answered' | 'gone'>;

export type HandOverStep =
  | { readonly to: 'state'; readonly state: HandOverState; readonly effects: readonly FlowEffect[] }
  | { readonly to: 'end'; readonly end: HandOverEnd; readonly effects: readonly FlowEffect[] };

export function beginHandOver(wish: HandOver): Extract<HandOverStep, { to: 'state' }> {
  return { to: 'state', state: { at: 'calling' }, effects: [wait(wish), { type: 'ask', request: { kind: 'transfer', ...wish.ask } }] };
}

export function handOverStep(wish: HandOver, state: HandOverState, input: FlowInput): HandOverStep {
  switch (state.at) {
    case 'calling':
      return calling(wish, state, input);
    case 'talking':
      if (input.type !== 'answered' || input.kind !== 'talk') return stay(state);
      return end(input.answer?.ended === 'caller' ? 'gone' : input.answer?.ended === 'target' ? 'talked' : 'failed');
    case 'gone':
      return input.type === 'hung-up' ? end('gone') : stay(state);
  }
}

function calling(wish: HandOver, state: Extract<HandOverState, { at: 'calling' }>, input: FlowInput): HandOverStep {
  if (input.type === 'hung-up') return { to: 'state', state: { at: 'calling', hungUp: true }, effects: [] };
  if (input.type === 'played' && state.hungUp !== true) return { to: 'state', state, effects: [wait(wish)] };
  if (input.type === 'unplayable' && state.hungUp !== true) return { to: 'state', state, effects: [wait({ ...wish, hold: holdInstead(wish.hold) })] };
  if (input.type !== 'answered' || input.kind !== 'transfer') return stay(state);
  if (state.hungUp === true) return end('gone');
  const outcome = input.answer?.outcome ?? 'failed';
  if (outcome === 'gone') return { to: 'state', state: { at: 'gone' }, effects: [{ type: 'stop-play' }] };
  if (outcome === 'answered') return { to: 'state', state: { at: 'talking' }, effects: [{ type: 'stop-play' }, { type: 'ask', request: { kind: 'talk' } }] };
  return end(outcome, { type: 'stop-play' });
}

const wait = ({ hold, zone }: HandOver): FlowEffect => ({ type: 'play', phrases: holdPhrases(hold, zone), bargeIn: false });
const stay = (state: HandOverState): HandOverStep => ({ to: 'state', state, effects: [] });
const end = (how: HandOverEnd, ...effects: FlowEffect[]): HandOverStep => ({ to: 'end', end: how, effects });
