import type { LineTone } from '../../line.ts';
import type { OffHook } from './off-hook.ts';
import { type Call, type ModemWays, stay, tell, type V253Effect, type V253Step } from './v253-state.ts';

/** V.253 table 7, as far as it tells of tones. null: silence, where it is told at all. */
const tones: ReadonlyMap<string, LineTone | null> = new Map([
  ['b', 'busy'],
  ['d', 'dial'],
  ['r', 'ringback'],
  ['c', 'fax'],
  ['a', 'fax'],
  ['q', null],
  ['s', null],
]);
const digits = '0123456789*#ABCD';
/** A burst of DTMF is put between them. */
const [burstStart, burstEnd] = ['/', '~'];
/** A telephone beside us was lifted: it has the call now. */
const handsetLifted = 'H';
const phonePickedUp = 'P';
const loopReport = 'l';
/** The modem had nothing to send, or nobody took what it heard. It does not say how much: told as one frame. */
const underrun = 'u';
const overrun = 'o';
const frame = 160;

/** What the modem says of a line that is off-hook. */
export function heardCode(state: OffHook, code: string, ways: ModemWays): V253Step {
  const { call } = state;
  if (code === burstStart || code === burstEnd) return stay({ ...state, call: { ...call, burst: code === burstStart ? '' : null } });
  if (digits.includes(code)) return digit(state, code);
  if (code === underrun || code === overrun) return { state, effects: [tell({ type: code === underrun ? 'underrun' : 'overrun', samples: frame })] };
  if (code === loopReport) return loopMoved(state, ways);
  if (code === handsetLifted || code === phonePickedUp) return gone(state, []);
  const tone = tones.get(code);
  if (tone === undefined) return stay(state);
  const told = tell({ type: 'tone', tone });
  return endsCall(call, code) ? gone(state, [told]) : { state, effects: [told] };
}

/** Modems repeat the code while the key is held: a burst is one press. */
function digit(state: OffHook, code: string): V253Step {
  const { call } = state;
  if (call.burst === code) return stay(state);
  return { state: { ...state, call: { ...call, burst: call.burst === null ? null : code } }, effects: [tell({ type: 'digit', digit: code, via: 'dtmf' })] };
}

/** Busy tone ends every call; dial tone one that has been: on a line that we have just seized it is what we wait for. */
const endsCall = (call: Call, code: string): boolean => code === 'b' || (code === 'd' && call.answered && !call.guarded);

/** Loop current broke or turned. */
function loopMoved(state: OffHook, { answerReversal }: ModemWays): V253Step {
  const { call } = state;
  if (call.guarded) return stay(state);
  if (answerReversal && !call.answered && !call.reversed) return { state: { ...state, call: { ...call, reversed: true } }, effects: [tell({ type: 'polarity', reversed: true })] };
  return gone(state, []);
}

function gone(state: OffHook, effects: readonly V253Effect[]): V253Step {
  if (state.call.gone) return { state, effects };
  return { state: { ...state, call: { ...state.call, gone: true } }, effects: [...effects, tell({ type: 'disconnect', by: 'report' })] };
}
