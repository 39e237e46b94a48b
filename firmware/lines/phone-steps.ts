import type { LineHappening } from '../../hal/line.ts';
import type { LineInput, LineState, LineStep } from './line-state.ts';
import { command, go, idle, stay, tell } from './line-state.ts';

/** A phone port with a device that is well. */
export function phoneStep(state: LineState, input: LineInput): LineStep {
  if (input.type === 'event') return phoneHappening(state, input.happening);
  switch (state.name) {
    case 'idle':
      return input.type === 'ring' ? go(ringing, null, command({ type: 'ring', cadenceMs: input.cadenceMs, callerId: input.callerId })) : stay(state);
    case 'ringing':
      return input.type === 'hang-up' ? go(idle, null, command({ type: 'stop-ringing' }), tell({ type: 'free' })) : stay(state);
    case 'seized':
    case 'talking':
      return lifted(state, input);
    default:
      return stay(state);
  }
}

const ringing: LineState = { name: 'ringing', rings: 0, lastMs: 0, callerId: null, offered: true };
const talking: LineState = { name: 'talking', outgoing: false, reversed: false };
const dialling: LineState = { name: 'seized', for: 'phone' };

function lifted(state: LineState, input: LineInput): LineStep {
  if (input.type === 'connect') return go(talking, null);
  return input.type === 'hang-up' ? go({ name: 'disconnecting', again: false }, null, command({ type: 'release' })) : stay(state);
}

function phoneHappening(state: LineState, happening: LineHappening): LineStep {
  switch (happening.type) {
    case 'off-hook':
      if (state.name === 'ringing') return go(talking, null, tell({ type: 'answered' }));
      return state.name === 'idle' ? go(dialling, null, tell({ type: 'lifted' })) : stay(state);
    case 'on-hook':
      return state.name === 'idle' || state.name === 'ringing' ? stay(state) : go(idle, null, tell({ type: 'put-down' }), tell({ type: 'free' }));
    case 'digit':
      return isLifted(state) ? { state, effects: [tell({ type: 'digit', digit: happening.digit })] } : stay(state);
    case 'flash':
      return isLifted(state) ? { state, effects: [tell({ type: 'flash' })] } : stay(state);
    default:
      return stay(state);
  }
}

const isLifted = (state: LineState): boolean => state.name === 'seized' || state.name === 'talking' || state.name === 'disconnecting';
