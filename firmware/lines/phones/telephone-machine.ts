/**
 * The telephone at a phone port, from one call to the next. What its line does (`line-machine.ts`) is below it:
 *
 *   idle -> dial-tone -> dialling -> calling -> talking -> tone -> howler -> left-lifted
 *     \-> ringing -----------------------------^
 *
 * Put down, it is idle again from anywhere; a line that is lost or has an alarm is blocked from anywhere.
 */
export type TelephoneState =
  /** Not open, or with an alarm. */
  | { readonly name: 'blocked' }
  | { readonly name: 'idle' }
  /** A call rings it. */
  | { readonly name: 'ringing' }
  | { readonly name: 'dial-tone' }
  | { readonly name: 'dialling'; readonly digits: string }
  /** What was dialled is under way. */
  | { readonly name: 'calling' }
  | { readonly name: 'talking' }
  /** No call (any more), and the telephone is told so. */
  | { readonly name: 'tone' }
  | { readonly name: 'howler' }
  /** Nobody hears the howler: silent until it is put down. */
  | { readonly name: 'left-lifted' };

export type TelephoneInput =
  | { readonly type: 'opened' }
  /** Lost, or an alarm. */
  | { readonly type: 'blocked' }
  | { readonly type: 'lifted' }
  | { readonly type: 'put-down' }
  /** A hook flash has no meaning yet: it changes nothing in any state. */
  | { readonly type: 'flash' }
  /** `complete`: with it, what was dialled is a whole number (`dial-plan.ts`). */
  | { readonly type: 'digit'; readonly digit: string; readonly complete: boolean }
  | { readonly type: 'timeout' }
  /** A call for this telephone begins, is given up. */
  | { readonly type: 'ring' }
  | { readonly type: 'stop-ringing' }
  /** Of the call that was dialled: the far end alerts, it answers, it cannot be had. */
  | { readonly type: 'alerting' }
  | { readonly type: 'answered' }
  | { readonly type: 'refused'; readonly tone: 'busy' | 'congestion' }
  /** The far end has gone. */
  | { readonly type: 'ended' };

export type TelephoneEffect =
  | { readonly type: 'tone'; readonly tone: 'dial' | 'busy' | 'congestion' | 'ringback' | 'howler' | null }
  /** `timeout` follows after so long; it replaces what was waited for. */
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'stop-waiting' }
  | { readonly type: 'dial'; readonly digits: string }
  | { readonly type: 'start-ringing' }
  | { readonly type: 'stop-ringing' }
  /** The call that rings cannot: the telephone is in use. */
  | { readonly type: 'refuse-ring' }
  /** The call that rang is answered. */
  | { readonly type: 'answer' }
  /** The telephone's end of its call is over; 'lost': not by its user. */
  | { readonly type: 'hang-up'; readonly why: 'put-down' | 'lost' }
  /** The far end has gone: shown as the port can. */
  | { readonly type: 'disconnect' };

export interface TeletelephoneStep {
  readonly state: TelephoneState;
  readonly effects: readonly TelephoneEffect[];
}

/** Milliseconds. E.161 leaves them to the administration; these are usual ones. */
export const firstDigitMs = 15_000;
export const interDigitMs = 4000;
export const toneMs = 30_000;
export const howlerMs = 60_000;
/** More than any number has (E.164: 15) with prefix and service code. */
export const maxDigits = 32;

/** The life of a phone port. Pure and total: an input that means nothing in a state changes nothing. */
export function telephoneStep(state: TelephoneState, input: TelephoneInput): TeletelephoneStep {
  switch (input.type) {
    case 'blocked':
      return leave(state, { name: 'blocked' }, 'lost');
    case 'put-down':
      return state.name === 'blocked' || state.name === 'idle' || state.name === 'ringing' ? stay(state) : leave(state, idle, 'put-down');
    case 'ring':
      return state.name === 'idle' ? { state: { name: 'ringing' }, effects: [{ type: 'start-ringing' }] } : { state, effects: [{ type: 'refuse-ring' }] };
    default:
      return inState(state, input);
  }
}

function inState(state: TelephoneState, input: TelephoneInput): TeletelephoneStep {
  switch (state.name) {
    case 'blocked':
      return input.type === 'opened' ? { state: idle, effects: [] } : stay(state);
    case 'idle':
      return input.type === 'lifted' ? { state: { name: 'dial-tone' }, effects: [{ type: 'tone', tone: 'dial' }, { type: 'wait', ms: firstDigitMs }] } : stay(state);
    case 'ringing':
      return ringing(state, input);
    case 'dial-tone':
      return input.type === 'timeout' ? howl : dialling(state, '', input);
    case 'dialling':
      return input.type === 'timeout' ? dial(state.digits) : dialling(state, state.digits, input);
    case 'calling':
      return calling(state, input);
    case 'talking':
      // The caller gave up in the moment in which it was lifted.
      return input.type === 'ended' || input.type === 'stop-ringing' ? over('busy') : stay(state);
    case 'tone':
      return input.type === 'timeout' ? howl : stay(state);
    case 'howler':
      return input.type === 'timeout' ? { state: { name: 'left-lifted' }, effects: [{ type: 'tone', tone: null }] } : stay(state);
    case 'left-lifted':
      return stay(state);
  }
}

function ringing(state: TelephoneState, input: TelephoneInput): TeletelephoneStep {
  if (input.type === 'lifted') return { state: { name: 'talking' }, effects: [{ type: 'answer' }] };
  return input.type === 'stop-ringing' ? { state: idle, effects: [{ type: 'stop-ringing' }] } : stay(state);
}

function dialling(state: TelephoneState, before: string, input: TelephoneInput): TeletelephoneStep {
  if (input.type !== 'digit') return stay(state);
  const digits = before + input.digit;
  if (input.complete || digits.length >= maxDigits) return dial(digits);
  const quiet: readonly TelephoneEffect[] = before === '' ? [{ type: 'tone', tone: null }] : [];
  return { state: { name: 'dialling', digits }, effects: [...quiet, { type: 'wait', ms: interDigitMs }] };
}

function calling(state: TelephoneState, input: TelephoneInput): TeletelephoneStep {
  switch (input.type) {
    case 'alerting':
      return { state, effects: [{ type: 'tone', tone: 'ringback' }] };
    case 'answered':
      return { state: { name: 'talking' }, effects: [] };
    case 'refused':
      return { state: { name: 'tone' }, effects: [{ type: 'tone', tone: input.tone }, { type: 'wait', ms: toneMs }] };
    case 'ended':
      return over('busy');
    default:
      return stay(state);
  }
}

/** Away from whatever it was doing. A tone ends by itself: with the loop, or with the session that takes the line. */
function leave(state: TelephoneState, next: TelephoneState, why: 'put-down' | 'lost'): TeletelephoneStep {
  const waits = state.name === 'dial-tone' || state.name === 'dialling' || state.name === 'tone' || state.name === 'howler';
  const inCall = state.name === 'calling' || state.name === 'talking' || state.name === 'ringing';
  return {
    state: next,
    effects: [
      ...(waits ? [{ type: 'stop-waiting' } as const] : []),
      ...(inCall ? [{ type: 'hang-up', why } as const] : []),
    ],
  };
}

const idle: TelephoneState = { name: 'idle' };
const stay = (state: TelephoneState): TeletelephoneStep => ({ state, effects: [] });
const dial = (digits: string): TeletelephoneStep => ({ state: { name: 'calling' }, effects: [{ type: 'stop-waiting' }, { type: 'tone', tone: null }, { type: 'dial', digits }] });
const over = (tone: 'busy'): TeletelephoneStep => ({ state: { name: 'tone' }, effects: [{ type: 'disconnect' }, { type: 'tone', tone }, { type: 'wait', ms: toneMs }] });
const howl: TeletelephoneStep = { state: { name: 'howler' }, effects: [{ type: 'tone', tone: 'howler' }, { type: 'wait', ms: howlerMs }] };
