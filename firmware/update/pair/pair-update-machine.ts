import type { Severity } from '../../log.ts';
import type { PartnerFirmware } from './pair-update-protocol.ts';

export interface PairUpdateState {
  readonly phase:
    | 'idle'
    /** The bundle goes to the partner, which stands by. */
    | 'sending'
    /** The partner installs it, restarts and proves itself; this unit serves with what it has. */
    | 'following'
    /** The partner runs it and is good: it is to be fit to serve before this unit goes. */
    | 'moving'
    /** This unit's own update has begun, and goes its own way. */
    | 'own';
  readonly version: string;
  readonly id: string;
  readonly by: string;
  readonly bytes: number;
  /** Monotonic: a time of day that is set meanwhile neither ends the update nor keeps it from ending. */
  readonly sinceMs: number;
  /** When the partner's last update had ended before this one, by the partner's time of day. */
  readonly before: number;
  readonly partner: PartnerFirmware | null;
  /** Why the last one of this run of the program came to nothing: one that ends well restarts the unit. */
  readonly last: string | null;
}

/** `nowMs`: monotonic. */
export type PairUpdateInput =
  | { readonly type: 'begin'; readonly version: string; readonly id: string; readonly by: string; readonly bytes: number; readonly nowMs: number }
  | { readonly type: 'partner'; readonly partner: PartnerFirmware; readonly nowMs: number }
  /** The partner does not want it. `reason`: a sentence without its full stop. */
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'unreachable'; readonly nowMs: number }
  | { readonly type: 'look'; readonly serves: boolean; readonly partnerFit: boolean; readonly nowMs: number }
  | { readonly type: 'own-refused'; readonly reason: string }
  | { readonly type: 'cancel'; readonly by: string };

export type PairUpdateEffect = { readonly type: 'offer' } | { readonly type: 'own' } | { readonly type: 'tell'; readonly severity: Severity; readonly event: string; readonly text: string };

export interface PairUpdateMove {
  readonly state: PairUpdateState;
  readonly effects: readonly PairUpdateEffect[];
}

export const noPairUpdate: PairUpdateState = { phase: 'idle', version: '', id: '', by: '', bytes: 0, sinceMs: 0, before: 0, partner: null, last: null };

/** 256 MiB at half of what the pair's line is given. */
export const sendingMs = 60 * 60_000;
/** Install at lowest priority, wait for calls, restart, prove, and the way back of one that does not. */
export const followingMs = 45 * 60_000;
export const movingMs = 10 * 60_000;
const limits = { sending: sendingMs, following: followingMs, moving: movingMs } as const;

/** The plan for both units is at work; in 'own' it is done, and this unit's own update goes on alone. */
export const isUnderWay = (phase: PairUpdateState['phase']): phase is keyof typeof limits => phase !== 'idle' && phase !== 'own';

/**
 * A pair, one unit after the other. If the first does not come out well the second is not touched.
 *
 *   idle ── begin ──> sending ── whole there ──> following ── it runs the version, good ──> moving ── it is fit to serve ──> own
 *                        └── refused, lost ──> idle   └── refused, failed, rolled back ──> idle
 */
export function pairUpdateStep(state: PairUpdateState, input: PairUpdateInput): PairUpdateMove {
  if (input.type === 'begin') return isUnderWay(state.phase) ? stay(state) : begun(state, input);
  if (!isUnderWay(state.phase)) return input.type === 'own-refused' ? ended(state, `the partner runs version ${state.version}, and this unit does not: ${input.reason}`) : stay(state);
  switch (input.type) {
    case 'refused':
      return ended(state, `the partner does not take it: ${input.reason}`);
    case 'cancel':
      return state.phase === 'moving' ? stay(state) : ended(state, `${input.by} cancelled it`);
    case 'partner':
      return heard(state, input.partner, input.nowMs);
    case 'look':
      return looked(state, input);
    case 'unreachable':
      return expired(state, input.nowMs) ?? stay(state);
    case 'own-refused':
      return stay(state);
  }
}

const stay = (state: PairUpdateState): PairUpdateMove => ({ state, effects: [] });
const tell = (severity: Severity, event: string, text: string): PairUpdateEffect => ({ type: 'tell', severity, event, text });

function begun(state: PairUpdateState, { version, id, by, bytes, nowMs }: Extract<PairUpdateInput, { type: 'begin' }>): PairUpdateMove {
  const before = state.partner?.outcome?.atMs ?? -Infinity;
  return { state: { ...noPairUpdate, phase: 'sending', version, id, by, bytes, sinceMs: nowMs, before, last: state.last }, effects: [tell('notice', 'pair-update-begun', `${by} wants version ${version} on both units of the pair: the partner is first.`), { type: 'offer' }] };
}

function heard(state: PairUpdateState, partner: PartnerFirmware, nowMs: number): PairUpdateMove {
  const known = { ...state, partner };
  if (state.phase === 'sending') return sending(known, partner, nowMs);
  if (state.phase !== 'following') return expired(known, nowMs) ?? stay(known);
  const { outcome } = partner;
  const isNew = outcome !== null && outcome.atMs > state.before;
  if (isNew && outcome.end !== 'good') return ended(known, `the partner did not keep version ${state.version}, and this unit was not touched: ${outcome.reason === '' ? outcome.end : outcome.reason}`);
  if (isNew && partner.version === state.version && partner.good && partner.phase === 'idle') {
    return { state: { ...known, phase: 'moving', sinceMs: nowMs }, effects: [tell('notice', 'pair-update-half', `The partner runs version ${state.version} and has proved itself; this unit follows when the partner can serve.`)] };
  }
  return expired(known, nowMs) ?? stay(known);
}

function sending(state: PairUpdateState, { taking, phase, outcome }: PartnerFirmware, nowMs: number): PairUpdateMove {
  // What it had done before it was offered this one.
  const before = taking?.id === state.id ? state.before : Math.max(state.before, outcome?.atMs ?? -Infinity);
  const known = { ...state, before };
  if (taking?.id !== state.id) return expired(known, nowMs) ?? { state: known, effects: [{ type: 'offer' }] };
  if (taking.fault !== null) return ended(known, `the partner does not take it: ${taking.fault}`);
  if (taking.bytes < state.bytes) return expired(known, nowMs) ?? { state: known, effects: [{ type: 'offer' }] };
  return phase === 'idle' && (outcome === null || outcome.atMs <= before) ? stay(known) : { state: { ...known, phase: 'following', sinceMs: nowMs }, effects: [] };
}

function looked(state: PairUpdateState, { serves, partnerFit, nowMs }: Extract<PairUpdateInput, { type: 'look' }>): PairUpdateMove {
  if (state.phase !== 'moving') return expired(state, nowMs) ?? stay(state);
  // It serves already: somebody moved the service, or this unit went away for a moment.
  if (!serves || partnerFit) return { state: { ...state, phase: 'own' }, effects: [tell('notice', 'pair-update-own', `This unit follows its partner to version ${state.version}.`), { type: 'own' }] };
  return expired(state, nowMs) ?? stay(state);
}

const late = { sending: 'the bundle did not get to the partner in time', following: 'nothing was heard in time of how the partner fared', moving: 'the partner runs it, but could not serve in this unit\'s place' } as const;

function expired(state: PairUpdateState, nowMs: number): PairUpdateMove | null {
  if (!isUnderWay(state.phase) || nowMs - state.sinceMs < limits[state.phase]) return null;
  return ended(state, `${late[state.phase]}; this unit was not touched`);
}

function ended(state: PairUpdateState, text: string): PairUpdateMove {
  return { state: { ...state, phase: 'idle', last: text }, effects: [tell('alert', 'pair-update-ended', `The pair was not updated to version ${state.version}: ${text}.`)] };
}
