/**
 *   unknown -> present <-> doubted -> lost -> returning -> present
 *      \-> lost                        ^----------/
 */
import type { WatchTimes } from '../../config/watch-times.ts';

export type PbxState = 'unknown' | 'present' | 'doubted' | 'lost' | 'returning';

export type PbxInput =
  /** It is time for a probe. */
  | 'due'
  /** Something was heard that says the PBX serves. */
  | 'answered'
  /** The same, from one that has been answering for the return time. */
  | 'settled'
  /** One probe stayed without an answer. */
  | 'missed'
  /** As many in a row as it takes. */
  | 'spent'
  /** The PBX, or the way to it, says that it does not serve. */
  | 'refused';

export type PbxEffect =
  | 'probe'
  | 'tell-lost'
  | 'tell-back'
  /** A TCP connection to a machine that lost its power looks alive for many minutes: the next question needs a new one. */
  | 'disconnect';

export interface PbxTransition {
  readonly to: PbxState;
  readonly effects: readonly PbxEffect[];
}

const to = (state: PbxState, ...effects: PbxEffect[]): PbxTransition => ({ to: state, effects });

/** One refusal may be a connection that was closed for idleness, or a moment of overload; a second one in a row is meant. */
const table: Record<PbxState, Partial<Record<PbxInput, PbxTransition>>> = {
  unknown: { due: to('unknown', 'probe'), answered: to('present'), spent: to('lost', 'tell-lost', 'disconnect'), refused: to('doubted') },
  present: { due: to('present', 'probe'), missed: to('doubted'), refused: to('doubted') },
  doubted: { due: to('doubted', 'probe'), answered: to('present'), spent: to('lost', 'tell-lost', 'disconnect'), refused: to('lost', 'tell-lost') },
  lost: { due: to('lost', 'probe'), answered: to('returning') },
  // A PBX that flaps is told about once: it is back only when it has settled.
  returning: { due: to('returning', 'probe'), settled: to('present', 'tell-back'), spent: to('lost', 'disconnect'), refused: to('lost') },
};

/** What is not listed changes nothing. */
export const pbxStep = (state: PbxState, input: PbxInput): PbxTransition => table[state][input] ?? { to: state, effects: [] };

/** How long until the next probe. `unanswered`: probes, answers of refusal included, since the PBX last said that it serves. */
export function probeAfterMs(state: PbxState, unanswered: number, times: WatchTimes): number {
  if (state === 'lost') return times.lostMs;
  return unanswered > 0 ? times.hurryMs : times.steadyMs;
}

/** Whether to count on it. One that was not asked yet is trusted: a unit that starts must not leave its PBX for no reason. */
export const isUsable = (state: PbxState): boolean => state === 'unknown' || state === 'present' || state === 'doubted';
