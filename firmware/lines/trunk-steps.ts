import type { MonotonicMs } from '../../hal/clock.ts';
import type { LineHappening } from '../../hal/line.ts';
import { disconnectSign, signText } from './disconnect-sign.ts';
import type { DisconnectSign } from './disconnect-sign.ts';
import type { CallFailure, In, LineEffect, LineInput, LineRules, LineState, LineStep, Seized } from './line-state.ts';
import { command, go, idle, stay, tell } from './line-state.ts';
import { trunkTimes } from './line-times.ts';

/** A trunk line with a device that is well. */
export function trunkStep(rules: LineRules, state: LineState, input: LineInput, nowMs: MonotonicMs): LineStep {
  switch (state.name) {
    case 'idle':
      return whileIdle(state, input, nowMs);
    case 'ringing':
      return whileRinging(rules, state, input, nowMs);
    case 'seized':
      return whileSeized(rules, state, input);
    case 'dialling':
      return whileDialling(rules, state, input);
    case 'talking':
      return whileTalking(rules, state, input);
    case 'disconnecting':
      return whileDisconnecting(state, input);
    case 'guard':
      return input.type === 'time' ? go(idle, null, tell({ type: 'free' })) : inUse(state, input);
    default:
      return stay(state);
  }
}

function whileIdle(state: In<'idle'>, input: LineInput, nowMs: MonotonicMs): LineStep {
  if (input.type === 'call') {
    return go({ name: 'seized', for: 'call', offHook: false, digits: input.digits, how: input.how }, trunkTimes.offHookMs, command({ type: 'seize' }));
  }
  if (input.type === 'time') return go(idle, null);
  if (input.type !== 'event') return stay(state);
  if (input.happening.type === 'caller-id') return go({ name: 'idle', callerId: input.happening.callerId }, trunkTimes.callerIdKeptMs);
  if (input.happening.type !== 'ring-started') return stay(state);
  return go({ name: 'ringing', rings: 1, lastMs: nowMs, callerId: state.callerId, offered: false }, trunkTimes.ringGapMs);
}

function whileRinging(rules: LineRules, state: In<'ringing'>, input: LineInput, nowMs: MonotonicMs): LineStep {
  switch (input.type) {
    case 'answer':
      return state.offered ? go({ name: 'seized', for: 'answer' }, trunkTimes.offHookMs, command({ type: 'seize' })) : stay(state);
    case 'refuse':
      return stay({ ...state, offered: !input.again });
    case 'time':
      return go(idle, null, tell({ type: 'gave-up', offered: state.offered }), tell({ type: 'free' }));
    case 'call':
      return { state, effects: [tell({ type: 'call-failed', why: 'glare' })] };
    case 'event':
      return ringHappening(rules, state, input.happening, nowMs);
    default:
      return stay(state);
  }
}

/** One ring may be two bursts with a short gap (0.4 s on, 0.2 s off, 0.4 s on in the United Kingdom). */
function ringHappening(rules: LineRules, state: In<'ringing'>, happening: LineHappening, nowMs: MonotonicMs): LineStep {
  if (happening.type === 'caller-id') return stay({ ...state, callerId: happening.callerId });
  if (happening.type === 'ring-started') {
    const sameRing = nowMs - state.lastMs < trunkTimes.burstGapMs;
    // A device that does not tell the end of a burst is late by one ring.
    return offerAfter(rules.answerAfterRings + 1, { ...state, lastMs: nowMs, rings: state.rings + (sameRing ? 0 : 1) });
  }
  return happening.type === 'ring-stopped' ? offerAfter(rules.answerAfterRings, { ...state, lastMs: nowMs }) : stay(state);
}

function offerAfter(rings: number, state: In<'ringing'>): LineStep {
  if (state.offered || state.rings < rings) return go(state, trunkTimes.ringGapMs);
  return go({ ...state, offered: true }, trunkTimes.ringGapMs, tell({ type: 'offered', callerId: state.callerId, rings: state.rings }));
}

function whileSeized(rules: LineRules, state: In<'seized'>, input: LineInput): LineStep {
  if (state.for === 'answer') return answering(rules, state, input);
  if (state.for === 'call') return calling(rules, state, input);
  return state.for === 'glare' ? taken(rules, state, input) : stay(state);
}

function answering(rules: LineRules, state: LineState, input: LineInput): LineStep {
  if (input.type === 'time') return release(failed('the device did not take the line'));
  if (input.type === 'event' && input.happening.type === 'off-hook') return answered;
  return inCall(rules, state, input, false);
}

/** A ring that came just before our off-hook is an incoming call, and our off-hook has answered it. */
function calling(rules: LineRules, state: Seized<'call'>, input: LineInput): LineStep {
  if (input.type === 'hang-up') return callFails('cancelled');
  if (input.type === 'time') return callFails(state.offHook ? 'no-dial-tone' : 'device');
  if (input.type !== 'event') return inUse(state, input);
  const { happening } = input;
  if (happening.type === 'off-hook') return go({ ...state, offHook: true }, trunkTimes.dialToneMs);
  if (happening.type === 'ring-started' && !state.offHook) return glare;
  if (happening.type === 'tone' && happening.tone === 'dial' && state.offHook) {
    return go({ name: 'dialling' }, trunkTimes.dialMs, command({ type: 'dial', digits: state.digits, how: state.how }));
  }
  if (happening.type === 'tone' && (happening.tone === 'busy' || happening.tone === 'congestion')) return callFails('busy');
  return state.offHook && disconnectSign(happening, false, deaf(rules)) !== null ? callFails('disconnected') : stay(state);
}

function taken(rules: LineRules, state: Seized<'glare'>, input: LineInput): LineStep {
  if (input.type === 'answer') return state.offHook ? answered : stay({ ...state, wanted: true });
  if (input.type === 'refuse') return release(tell({ type: 'ended', by: 'local', sign: null, text: 'nobody could take the call' }));
  if (input.type === 'time') return state.offHook ? stay(state) : release(failed('the device did not take the line'));
  if (input.type === 'event' && input.happening.type === 'off-hook') return state.wanted ? answered : go({ ...state, offHook: true }, null);
  return inCall(rules, state, input, false);
}

function whileDialling(rules: LineRules, state: LineState, input: LineInput): LineStep {
  if (input.type === 'hang-up') return callFails('cancelled');
  if (input.type === 'time') return callFails('device');
  if (input.type !== 'event') return inUse(state, input);
  if (input.happening.type === 'dialled') return go({ name: 'talking', outgoing: true, reversed: false }, null, tell({ type: 'connected' }));
  return disconnectSign(input.happening, false, deaf(rules)) === null ? stay(state) : callFails('disconnected');
}

function whileTalking(rules: LineRules, state: In<'talking'>, input: LineInput): LineStep {
  if (input.type === 'silent') return release(tell({ type: 'ended', by: 'remote', sign: 'silence', text: goneText('silence') }));
  if (input.type !== 'event') return inCall(rules, state, input, state.reversed);
  const { happening } = input;
  if (happening.type === 'digit') return { state, effects: [tell({ type: 'digit', digit: happening.digit })] };
  if (happening.type === 'polarity' && happening.reversed && !state.reversed) {
    return { state: { ...state, reversed: true }, effects: state.outgoing ? [tell({ type: 'far-answered' })] : [] };
  }
  return inCall(rules, state, input, state.reversed);
}

/** What ends a call in every state in which there is one. */
function inCall(rules: LineRules, state: LineState, input: LineInput, reversed: boolean): LineStep {
  if (input.type === 'hang-up') return release(tell({ type: 'ended', by: 'local', sign: null, text: 'this unit hung up' }));
  if (input.type !== 'event') return inUse(state, input);
  const sign = disconnectSign(input.happening, reversed, rules);
  if (sign === null) return stay(state);
  const tone = input.happening.type === 'tone' ? input.happening.tone : null;
  const told = tell({ type: 'ended', by: 'remote', sign, ...(tone === null ? {} : { tone }), text: goneText(sign) });
  return sign === 'report' && input.happening.type === 'on-hook' ? go({ name: 'guard' }, trunkTimes.guardMs, told) : release(told);
}

const goneText = (sign: DisconnectSign): string => `the far end has gone: ${signText[sign]}`;

function whileDisconnecting(state: In<'disconnecting'>, input: LineInput): LineStep {
  if (input.type === 'event' && input.happening.type === 'on-hook') return go({ name: 'guard' }, trunkTimes.guardMs);
  if (input.type !== 'time') return inUse(state, input);
  if (!state.again) return go({ name: 'disconnecting', again: true }, trunkTimes.onHookMs, command({ type: 'release' }));
  const text = 'the device does not put the line on-hook';
  return go({ name: 'blocked', text }, null, tell({ type: 'blocked', text }));
}

const inUse = (state: LineState, input: LineInput): LineStep => ({ state, effects: input.type === 'call' ? [tell({ type: 'call-failed', why: 'in-use' })] : [] });
const release = (...effects: LineEffect[]): LineStep => go({ name: 'disconnecting', again: false }, trunkTimes.onHookMs, command({ type: 'release' }), ...effects);
const callFails = (why: CallFailure): LineStep => release(tell({ type: 'call-failed', why }));
/** Before a call stands, tones mean other things. */
const deaf = (rules: LineRules): LineRules => ({ ...rules, disconnectTone: false });
const failed = (text: string): LineEffect => tell({ type: 'ended', by: 'failure', sign: null, text });
const answered: LineStep = go({ name: 'talking', outgoing: false, reversed: false }, null, tell({ type: 'answered' }));
const glare: LineStep = go(
  { name: 'seized', for: 'glare', offHook: false, wanted: false },
  trunkTimes.offHookMs,
  tell({ type: 'call-failed', why: 'glare' }),
  tell({ type: 'offered', callerId: null, rings: 0 }),
);
