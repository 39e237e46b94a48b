import type { CallerId, LineHappening, LineKind, LineTone } from '../../hal/line.ts';
import type { LineCommand } from '../media/media-protocol.ts';
import type { DisconnectSign } from './disconnect-sign.ts';

/** What the configuration says of a line, as far as its machine goes by it. */
export interface LineRules {
  readonly kind: LineKind;
  /** Trunk: a call is offered at the end of this ring. */
  readonly answerAfterRings: number;
  /** Trunk: a busy or congestion tone in a call says that the far end has gone. */
  readonly disconnectTone: boolean;
}

/**
 *   trunk:  idle -> ringing -> seized (answer) -> talking -> disconnecting -> guard -> idle
 *             +---> seized (call) -> dialling -------^            ^
 *                      +-> seized (glare) -> talking -------------+
 *   phone:  idle -> ringing -> talking <-> seized (phone) -> disconnecting -> idle
 *
 * closed: the device is not there. blocked: it is, and says that the line cannot be used. Both are left by the device's word alone.
 */
export type LineState =
  | { readonly name: 'closed' }
  /** `callerId`: told before the first ring, as some countries do. */
  | { readonly name: 'idle'; readonly callerId: CallerId | null }
  /** Trunk: the exchange rings, last heard of at `lastMs`. `offered`: somebody may answer. Phone: we ring, and the rest means nothing. */
  | { readonly name: 'ringing'; readonly rings: number; readonly lastMs: number; readonly callerId: CallerId | null; readonly offered: boolean }
  /** Trunk: off-hook was asked for. */
  | { readonly name: 'seized'; readonly for: 'answer' }
  /** Trunk: `offHook` = it is, and the dial tone is waited for. */
  | { readonly name: 'seized'; readonly for: 'call'; readonly offHook: boolean; readonly digits: string; readonly how: 'tone' | 'pulse' }
  /** Trunk: we wanted to call, and have taken an incoming call with that. `wanted`: somebody has answered it. */
  | { readonly name: 'seized'; readonly for: 'glare'; readonly offHook: boolean; readonly wanted: boolean }
  /** Phone: lifted, and in no call. */
  | { readonly name: 'seized'; readonly for: 'phone' }
  | { readonly name: 'dialling' }
  /** `reversed`: the battery was, since the line was taken. */
  | { readonly name: 'talking'; readonly outgoing: boolean; readonly reversed: boolean }
  /** Trunk: on-hook was asked for. Phone: the far end has gone, and the telephone is still lifted. */
  | { readonly name: 'disconnecting'; readonly again: boolean }
  /** Trunk: just put on-hook; the exchange may still be clearing. */
  | { readonly name: 'guard' }
  | { readonly name: 'blocked'; readonly text: string };

export type LineInput =
  /** The device is there, on-hook. */
  | { readonly type: 'opened' }
  | { readonly type: 'lost'; readonly text: string }
  | { readonly type: 'event'; readonly happening: LineHappening }
  /** Trunk: off-hook, nothing was heard for as long as the configuration says. */
  | { readonly type: 'silent' }
  /** The wait asked for last is over. */
  | { readonly type: 'time' }
  /** Trunk: take the call that rings. */
  | { readonly type: 'answer' }
  /** Trunk: nobody takes it; it rings on. `again`: offer it once more at the next ring. */
  | { readonly type: 'refuse'; readonly again: boolean }
  /** Trunk: dial out. */
  | { readonly type: 'call'; readonly digits: string; readonly how: 'tone' | 'pulse' }
  /** Phone: the lifted telephone is in a call from now on. */
  | { readonly type: 'connect' }
  /** Phone. */
  | { readonly type: 'ring'; readonly cadenceMs: readonly number[]; readonly callerId: CallerId | null }
  /** Trunk: whatever goes on ends. Phone: we ring no more, or the far end has gone. */
  | { readonly type: 'hang-up' };

/** What a line's user is told. */
export type LineTold =
  | { readonly type: 'opened' }
  /** Trunk: a call to be answered. `rings`: 0 = it was taken by glare and is off-hook already. */
  | { readonly type: 'offered'; readonly callerId: CallerId | null; readonly rings: number }
  /** Trunk: the caller rings no more, whether it had been offered or not. */
  | { readonly type: 'gave-up'; readonly offered: boolean }
  /** Trunk: the answer stands. Phone: lifted while it rang. Audio can begin. */
  | { readonly type: 'answered' }
  /** Trunk: dialled. Audio can begin. */
  | { readonly type: 'connected' }
  /** Trunk: the battery was reversed after dialling, which some exchanges do at the answer. */
  | { readonly type: 'far-answered' }
  /** Trunk: the call that was asked for is none. */
  | { readonly type: 'call-failed'; readonly why: CallFailure }
  /** What stood, or was about to stand, does no more. `sign`: how the far end's going was seen; with 'tone', which it was. */
  | { readonly type: 'ended'; readonly by: 'remote' | 'local' | 'failure'; readonly sign: DisconnectSign | null; readonly tone?: LineTone; readonly text: string }
  /** Phone. */
  | { readonly type: 'lifted' }
  | { readonly type: 'put-down' }
  | { readonly type: 'flash' }
  | { readonly type: 'digit'; readonly digit: string }
  /** It can be used again, and is idle. */
  | { readonly type: 'free' }
  | { readonly type: 'blocked'; readonly text: string }
  | { readonly type: 'clear' }
  | { readonly type: 'lost'; readonly text: string };

/** in-use: the line was not idle. glare: an incoming call came first. busy: the exchange's tone said so. */
export type CallFailure = 'in-use' | 'glare' | 'no-dial-tone' | 'busy' | 'disconnected' | 'device' | 'cancelled';

export type LineEffect =
  | { readonly type: 'command'; readonly command: LineCommand }
  | { readonly type: 'tell'; readonly told: LineTold }
  /** The one wait of the line from now on; null = none. */
  | { readonly type: 'wait'; readonly ms: number | null };

export interface LineStep {
  readonly state: LineState;
  readonly effects: readonly LineEffect[];
}

export type In<Name extends LineState['name']> = Extract<LineState, { name: Name }>;
export type Seized<For extends In<'seized'>['for']> = Extract<In<'seized'>, { for: For }>;

export const idle: LineState = { name: 'idle', callerId: null };
export const stay = (state: LineState): LineStep => ({ state, effects: [] });
/** Into another state: the wait of the old one is over. */
export const go = (state: LineState, waitMs: number | null, ...effects: LineEffect[]): LineStep => ({ state, effects: [{ type: 'wait', ms: waitMs }, ...effects] });
export const tell = (told: LineTold): LineEffect => ({ type: 'tell', told });
export const command = (to: LineCommand): LineEffect => ({ type: 'command', command: to });
