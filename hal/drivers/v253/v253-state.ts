import type { CallerId, LineHappening } from '../../line.ts';
import type { AtReply, ResultCode } from './at-dialogue.ts';
import type { CallStep } from './dial-steps.ts';
import type { ModemProfile } from './modem-profile.ts';

/** Voice states of V.253: samples go to the modem, come from it, or both. */
export type VoiceMode = 'transmit' | 'receive' | 'duplex';

/** What the audio does: nothing, silence by the clock, silence that waits for a full queue (a voice state comes soon), or the voice state. */
export type AudioMode = 'off' | 'quiet' | 'turning' | VoiceMode;

/** From seizing until the hang-up begins. */
export interface Call {
  /** Somebody was calling when it was seized. */
  readonly answered: boolean;
  /** `ring-stopped` is still to be told. */
  readonly ringing: boolean;
  readonly dialled: boolean;
  /** What is still to be done in the command state, at most `mostSteps`. */
  readonly steps: readonly CallStep[];
  readonly released: boolean;
  /** Half duplex: frames wait to be sent. */
  readonly toSend: boolean;
  /** `disconnect` has been told. */
  readonly gone: boolean;
  /** The loop is moving because we moved it. */
  readonly guarded: boolean;
  /** The polarity has been turned by the far end's answer. */
  readonly reversed: boolean;
  /** Within shielded DTMF: '' = no digit yet, else the digit that was told. null = not within. */
  readonly burst: string | null;
  /** Times the modem left a voice state of its own accord. */
  readonly restarts: number;
}

/**
 *   preparing -> idle <-> ringing          idle -> checking -> idle
 *       ^         |         |
 *       |         +-------->+--> seizing -> entering -> transmit, receive, duplex
 *       |                           |          ^              |
 *       |                           v          |              v
 *       +-- (any, no answer)     command <-----+----------- leaving -> hanging-up -> idle          lost: the end
 */
export type V253State =
  /** The ladder: ask, reset, open anew, alarm, again. `released`: somebody waits for `on-hook`. */
  | { readonly name: 'preparing'; readonly attempt: number; readonly alarmed: boolean; readonly released: boolean }
  | { readonly name: 'idle' }
  /** Somebody calls. `burst`: it rings at this moment. */
  | { readonly name: 'ringing'; readonly burst: boolean }
  /** Asked whether it still lives. `ringing`: somebody has called since. */
  | { readonly name: 'checking'; readonly ringing: boolean; readonly burst: boolean; readonly seized: boolean }
  | { readonly name: 'seizing'; readonly call: Call }
  /** The first of the call's steps is being done. */
  | { readonly name: 'command'; readonly call: Call }
  | { readonly name: 'entering'; readonly call: Call; readonly mode: VoiceMode }
  | { readonly name: VoiceMode; readonly call: Call }
  | { readonly name: 'leaving'; readonly call: Call; readonly mode: VoiceMode }
  | { readonly name: 'hanging-up' }
  | { readonly name: 'lost' };

export type V253Input =
  | { readonly type: 'seize' | 'release' | 'flash' }
  | { readonly type: 'dial'; readonly digits: string; readonly how: 'tone' | 'pulse' }
  | { readonly type: 'reply'; readonly reply: AtReply }
  | { readonly type: 'ring' }
  | { readonly type: 'caller-id'; readonly callerId: CallerId }
  /** The character after a DLE. */
  | { readonly type: 'code'; readonly code: string }
  /** DLE ETX: the modem has ended what it sent. */
  | { readonly type: 'end' }
  /** A result code that answers nothing. */
  | { readonly type: 'unsolicited'; readonly result: ResultCode }
  /** Half duplex: a frame was written; none was for a while. */
  | { readonly type: 'frames-waiting' | 'frames-ran-out' }
  /** A voice state in which nothing moves any more. */
  | { readonly type: 'stalled' }
  | { readonly type: 'prepared' }
  | { readonly type: 'not-prepared'; readonly text: string }
  | { readonly type: 'unplugged'; readonly text: string }
  | { readonly type: V253Timer };

export type V253Timer = 'ring-over' | 'call-over' | 'guard-over' | 'pause-over' | 'retry' | 'check';

export type V253Effect =
  /** '' sends nothing and waits for a result. A `reply` follows. */
  | { readonly type: 'ask'; readonly command: string; readonly limitMs: number }
  /** Ends a voice state; 'played': after what the modem still holds. A `reply` follows. */
  | { readonly type: 'leave'; readonly how: VoiceMode | 'played'; readonly limitMs: number }
  /** A command that is being done; its reply still comes. */
  | { readonly type: 'break-off' }
  | { readonly type: 'audio'; readonly mode: AudioMode }
  | { readonly type: 'tell'; readonly happening: LineHappening }
  | { readonly type: 'timer'; readonly timer: V253Timer; readonly ms: number }
  /** From whatever it is in to idle; `prepared` or `not-prepared` follows. */
  | { readonly type: 'prepare'; readonly reopen: boolean }
  /** The same from off-hook. */
  | { readonly type: 'hang-up' }
  | { readonly type: 'lose'; readonly id: 'connection-lost' | 'unsupported'; readonly text: string };

export interface V253Step {
  readonly state: V253State;
  readonly effects: readonly V253Effect[];
}

/** What does not change while the line is open. */
export interface ModemWays {
  readonly profile: ModemProfile;
  readonly duplex: 'full' | 'half';
  /** The exchange turns the polarity when the called party answers: the first loop report of a call that we placed is not its end. */
  readonly answerReversal: boolean;
}

/** Digits of two full `dial`s and what goes with them. */
export const mostSteps = 160;

export const stay = (state: V253State): V253Step => ({ state, effects: [] });

export const tell = (happening: LineHappening): V253Effect => ({ type: 'tell', happening });
