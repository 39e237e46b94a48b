import type { DiversionReason } from '../../sip/leg.ts';

/**
 * A call between two legs (RFC 7092 calls it a B2BUA): one was offered to the unit, and the unit placed the other.
 *
 *   placing -> ringing -> answering -> joined -> draining -> over
 *      \          \-----------------------------------------^      (either side ends)
 *       \----------\-> (clearing ->) over                           (busy, no answer: the offered leg goes to a mailbox)
 *
 * A telephone of ours that dialled hears what the far end plays before it answers: `early` audio runs while it rings. draining: both
 * legs are gone, the media thread still lets go of the port. clearing: the same, while the offered leg waits for a mailbox.
 */
export type BridgeState =
  | { readonly name: 'placing' }
  | { readonly name: 'ringing'; readonly early: boolean }
  /** The placed leg stands, the offered one is being answered. */
  | { readonly name: 'answering'; readonly early: boolean }
  | { readonly name: 'joined' }
  | { readonly name: 'draining' }
  | { readonly name: 'clearing'; readonly reason: DiversionReason }
  | { readonly name: 'over' };

export type BridgeInput =
  /** Of the placed leg. `earlyAudio`: audio was agreed on with it. */
  | { readonly type: 'placed-rings'; readonly earlyAudio: boolean }
  | { readonly type: 'placed-answered' }
  /** `status`: the SIP status of a refusal; null = there was none. */
  | { readonly type: 'placed-ended'; readonly status: number | null }
  /** Of the offered one. */
  | { readonly type: 'offered-established' }
  | { readonly type: 'offered-ended' }
  | { readonly type: 'no-answer' }
  | { readonly type: 'media-stopped' }
  | { readonly type: 'drain-timeout' };

export type BridgeEffect =
  | { readonly type: 'ring-offered' }
  | { readonly type: 'answer-offered' }
  | { readonly type: 'reject-offered'; readonly status: number }
  | { readonly type: 'hang-up-offered' }
  | { readonly type: 'hang-up-placed' }
  | { readonly type: 'start-media' }
  | { readonly type: 'stop-media' }
  /** The offered leg leaves a message, on a port of its own. */
  | { readonly type: 'hand-over'; readonly reason: DiversionReason }
  | { readonly type: 'release' }
  | { readonly type: 'report-stuck' };

export interface BridgeRules {
  /** A mailbox takes the call that nobody takes. */
  readonly mailbox: boolean;
  /** The offered leg hears what comes before the answer. */
  readonly early: boolean;
}

export interface BridgeStep {
  readonly state: BridgeState;
  readonly effects: readonly BridgeEffect[];
}

/** The life of a bridged call. Pure and total: an input that means nothing in a state changes nothing. */
export function bridgeStep(state: BridgeState, input: BridgeInput, rules: BridgeRules): BridgeStep {
  switch (state.name) {
    case 'placing':
    case 'ringing':
      return unanswered(state, input, rules);
    case 'answering':
      return answering(state, input);
    case 'joined':
      return joined(state, input);
    case 'draining':
      return draining(state, input);
    case 'clearing':
      return clearing(state, input);
    case 'over':
      return stay(state);
  }
}

type Unanswered = Extract<BridgeState, { name: 'placing' | 'ringing' }>;

function unanswered(state: Unanswered, input: BridgeInput, rules: BridgeRules): BridgeStep {
  const early = state.name === 'ringing' && state.early;
  switch (input.type) {
    case 'placed-rings':
      return rings(state, input.earlyAudio && rules.early);
    case 'placed-answered':
      return { state: { name: 'answering', early }, effects: [{ type: 'answer-offered' }] };
    case 'placed-ended':
      return nobody(early, input.status, rules, []);
    case 'no-answer':
      return nobody(early, 480, rules, [{ type: 'hang-up-placed' }]);
    case 'offered-ended':
      return ends(early, [{ type: 'hang-up-placed' }]);
    case 'media-stopped':
      return early ? lost : stay(state);
    default:
      return stay(state);
  }
}

/** Told once, and once more where audio comes with it. */
function rings(state: Unanswered, early: boolean): BridgeStep {
  if (state.name === 'ringing' && (state.early || !early)) return stay(state);
  const told: readonly BridgeEffect[] = state.name === 'placing' ? [{ type: 'ring-offered' }] : [];
  return { state: { name: 'ringing', early }, effects: early ? [...told, { type: 'start-media' }] : told };
}

/** The port is given back first: where all others are in use, it is the one that the message gets. */
function nobody(early: boolean, status: number | null, { mailbox }: BridgeRules, first: readonly BridgeEffect[]): BridgeStep {
  if (!mailbox) return ends(early, [...first, { type: 'reject-offered', status: status ?? 480 }]);
  const reason = reasonOf(status);
  if (early) return { state: { name: 'clearing', reason }, effects: [{ type: 'stop-media' }, ...first] };
  return { state: { name: 'over' }, effects: [...first, { type: 'release' }, { type: 'hand-over', reason }] };
}

function clearing(state: Extract<BridgeState, { name: 'clearing' }>, input: BridgeInput): BridgeStep {
  const goesOn: readonly BridgeEffect[] = [{ type: 'release' }, { type: 'hand-over', reason: state.reason }];
  switch (input.type) {
    case 'offered-ended':
      return { state: { name: 'draining' }, effects: [] };
    case 'media-stopped':
      return { state: { name: 'over' }, effects: goesOn };
    case 'drain-timeout':
      return { state: { name: 'over' }, effects: [{ type: 'report-stuck' }, ...goesOn] };
    default:
      return stay(state);
  }
}

function answering(state: Extract<BridgeState, { name: 'answering' }>, input: BridgeInput): BridgeStep {
  switch (input.type) {
    case 'offered-established':
      return { state: { name: 'joined' }, effects: state.early ? [] : [{ type: 'start-media' }] };
    case 'offered-ended':
      return ends(state.early, [{ type: 'hang-up-placed' }]);
    case 'placed-ended':
      return ends(state.early, [{ type: 'hang-up-offered' }]);
    case 'media-stopped':
      return state.early ? lost : stay(state);
    default:
      return stay(state);
  }
}

function joined(state: BridgeState, input: BridgeInput): BridgeStep {
  if (input.type === 'media-stopped') return lost;
  if (input.type === 'offered-ended') return ends(true, [{ type: 'hang-up-placed' }]);
  return input.type === 'placed-ended' ? ends(true, [{ type: 'hang-up-offered' }]) : stay(state);
}

function draining(state: BridgeState, input: BridgeInput): BridgeStep {
  if (input.type === 'media-stopped') return { state: { name: 'over' }, effects: [{ type: 'release' }] };
  return input.type === 'drain-timeout' ? { state: { name: 'over' }, effects: [{ type: 'report-stuck' }, { type: 'release' }] } : stay(state);
}

/** The session ends before the leg is told, so that what the line plays then is not played over. */
const ends = (mediaRuns: boolean, told: readonly BridgeEffect[]): BridgeStep =>
  mediaRuns ? { state: { name: 'draining' }, effects: [{ type: 'stop-media' }, ...told] } : { state: { name: 'over' }, effects: [...told, { type: 'release' }] };

/** The media thread has ended the session of its own accord: its line is gone. */
const lost: BridgeStep = { state: { name: 'over' }, effects: [{ type: 'hang-up-offered' }, { type: 'hang-up-placed' }, { type: 'release' }] };
const stay = (state: BridgeState): BridgeStep => ({ state, effects: [] });

/** Busy Here, Busy Everywhere, Decline (RFC 3261 21.4.24, 21.6.1, 21.6.2). */
const isBusy = (status: number): boolean => status === 486 || status === 600 || status === 603;

/** Why a message is left, by how the call was refused (RFC 4458 section 2.4 has the same two). null: a failure of ours. */
export function reasonOf(status: number | null): DiversionReason {
  if (status === null) return 'default';
  if (isBusy(status)) return 'busy';
  return status === 480 || status === 408 || status === 487 ? 'no-answer' : 'default';
}

/** What a telephone hears of a refusal (RFC 3261 21.4 to 21.6): the far end is in use, or there is no way to it. */
export const refusalTone = (status: number): 'busy' | 'congestion' => (isBusy(status) ? 'busy' : 'congestion');
