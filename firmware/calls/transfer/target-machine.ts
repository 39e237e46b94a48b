import type { TransferOutcome } from '../../callflow/requests/transfer-requests.ts';
import { reasonOf } from '../bridge/bridge-machine.ts';

/**
 * The call of the unit to somebody who is to have a caller:
 *
 *   calling -> whispering -> waiting -> talking -> draining -> over
 *      \            \___________\__________________^   (either side ends, or nobody takes it)
 *       \_______________________________________________> over   (busy, no answer: there is nothing to drain)
 *
 * whispering: who answered hears what the caller wants, and takes the call or not. waiting: the flow is told, and brings the two together.
 */
export type TargetState =
  | { readonly name: 'calling' }
  | { readonly name: 'whispering' }
  | { readonly name: 'waiting' }
  | { readonly name: 'talking' }
  | { readonly name: 'draining' }
  | { readonly name: 'over' };

export type TargetInput =
  | { readonly type: 'answered' }
  /** `status`: the SIP status of a refusal; null = there was none. */
  | { readonly type: 'ended'; readonly status: number | null }
  /** It has rung, whispered, waited or talked as long as it may. */
  | { readonly type: 'time-is-up' }
  | { readonly type: 'key'; readonly digit: string }
  /** The whisper was heard to its end. */
  | { readonly type: 'whispered' }
  | { readonly type: 'talk' }
  /** The caller is gone, or somebody else has the two. */
  | { readonly type: 'given-up' }
  | { readonly type: 'media-stopped' };

export type TargetEffect =
  | { readonly type: 'start-media' }
  | { readonly type: 'whisper' }
  | { readonly type: 'stop-play' }
  | { readonly type: 'join' }
  | { readonly type: 'hang-up'; readonly text: string }
  | { readonly type: 'stop-media' }
  /** What became of the wish to call. */
  | { readonly type: 'tell'; readonly outcome: TransferOutcome; readonly text: string }
  /** Who ended the conversation. */
  | { readonly type: 'tell-talked'; readonly ended: 'caller' | 'target' }
  /** From now on time is up after so long: `limitsMs` has it. */
  | { readonly type: 'wait'; readonly for: TargetWait }
  | { readonly type: 'release' };

export type TargetWait = 'ring' | 'whisper' | 'meeting' | 'talk' | 'drain';

export interface TargetRules {
  readonly whispers: boolean;
  readonly autoAccept: boolean;
}

export interface TargetStep {
  readonly state: TargetState;
  readonly effects: readonly TargetEffect[];
}

/** Pure and total: an input that means nothing in a state changes nothing. */
export function targetStep(state: TargetState, input: TargetInput, rules: TargetRules): TargetStep {
  switch (state.name) {
    case 'calling':
      return calling(state, input, rules);
    case 'whispering':
      return whispering(state, input, rules);
    case 'waiting':
      return waiting(state, input);
    case 'talking':
      return talking(state, input);
    case 'draining':
      return input.type === 'media-stopped' || input.type === 'time-is-up' ? { state: { name: 'over' }, effects: [{ type: 'release' }] } : stay(state);
    case 'over':
      return stay(state);
  }
}

function calling(state: TargetState, input: TargetInput, { whispers }: TargetRules): TargetStep {
  switch (input.type) {
    case 'answered':
      if (whispers) return { state: { name: 'whispering' }, effects: [{ type: 'start-media' }, { type: 'whisper' }, { type: 'wait', for: 'whisper' }] };
      return { state: { name: 'waiting' }, effects: [{ type: 'start-media' }, ...accepted] };
    case 'ended':
      return gone(refused(input.status));
    case 'time-is-up':
      return gone({ type: 'tell', outcome: 'no-answer', text: 'nobody answered' }, hangUp('nobody answered'));
    case 'given-up':
      return gone({ type: 'tell', outcome: 'failed', text: 'the caller hung up' }, hangUp('the caller hung up'));
    default:
      return stay(state);
  }
}

function whispering(state: TargetState, input: TargetInput, { autoAccept }: TargetRules): TargetStep {
  switch (input.type) {
    case 'key':
      return input.digit === '1' ? taken : drains(rejected('who answered does not take the call'), hangUp('the call was not taken'));
    case 'whispered':
      return autoAccept ? taken : stay(state);
    case 'time-is-up':
      return drains({ type: 'tell', outcome: 'no-answer', text: 'who answered pressed no key' }, hangUp('no key was pressed'));
    case 'ended':
      return drains(rejected('who answered hung up'));
    case 'given-up':
      return drains({ type: 'tell', outcome: 'failed', text: 'the caller hung up' }, hangUp('the caller hung up'));
    case 'media-stopped':
      return lost(rejected('the line of who answered is lost'));
    default:
      return stay(state);
  }
}

function waiting(state: TargetState, input: TargetInput): TargetStep {
  switch (input.type) {
    case 'talk':
      return { state: { name: 'talking' }, effects: [{ type: 'stop-play' }, { type: 'join' }, { type: 'wait', for: 'talk' }] };
    case 'ended':
      return drains();
    case 'time-is-up':
    case 'given-up':
      return drains(hangUp('the caller did not come'));
    case 'media-stopped':
      return lost();
    default:
      return stay(state);
  }
}

function talking(state: TargetState, input: TargetInput): TargetStep {
  switch (input.type) {
    case 'ended':
      return drains({ type: 'tell-talked', ended: 'target' });
    case 'given-up':
      return drains({ type: 'tell-talked', ended: 'caller' }, hangUp('the caller hung up'));
    case 'time-is-up':
      return drains({ type: 'tell-talked', ended: 'target' }, hangUp('the conversation was as long as it may be'));
    case 'media-stopped':
      return lost({ type: 'tell-talked', ended: 'target' });
    default:
      return stay(state);
  }
}

function refused(status: number | null): TargetEffect {
  if (status === null) return { type: 'tell', outcome: 'failed', text: 'the call could not be made' };
  return { type: 'tell', outcome: outcomeOf(status), text: `the call was refused: ${status}` };
}

/** What a refusal is to who is handed over. */
export function outcomeOf(status: number | null): 'busy' | 'no-answer' | 'failed' {
  const reason = reasonOf(status);
  return reason === 'busy' || reason === 'no-answer' ? reason : 'failed';
}

const accepted: readonly TargetEffect[] = [{ type: 'tell', outcome: 'answered', text: 'somebody answered' }, { type: 'wait', for: 'meeting' }];
const taken: TargetStep = { state: { name: 'waiting' }, effects: [{ type: 'stop-play' }, ...accepted] };
const rejected = (text: string): TargetEffect => ({ type: 'tell', outcome: 'rejected', text });
const hangUp = (text: string): TargetEffect => ({ type: 'hang-up', text });

/** No media run yet. */
const gone = (...effects: TargetEffect[]): TargetStep => ({ state: { name: 'over' }, effects: [...effects, { type: 'release' }] });
const drains = (...effects: TargetEffect[]): TargetStep => ({ state: { name: 'draining' }, effects: [{ type: 'stop-media' }, { type: 'wait', for: 'drain' }, ...effects] });
/** The media thread has ended the session of its own accord: its line is gone. */
const lost = (...effects: TargetEffect[]): TargetStep => ({ state: { name: 'over' }, effects: [...effects, hangUp('its line is lost'), { type: 'release' }] });
const stay = (state: TargetState): TargetStep => ({ state, effects: [] });
