import type { MonotonicMs } from '../../hal/clock.ts';
import type { LineInput, LineRules, LineState, LineStep } from './line-state.ts';
import { command, go, idle, stay, tell } from './line-state.ts';
import { phoneStep } from './phone-steps.ts';
import { trunkStep } from './trunk-steps.ts';

/**
 * The life of one line, the same for all drivers. Pure and total: an input that means nothing in a state changes nothing.
 * A new device, the loss of one and its alarms are the same for both kinds and in every state; the rest is in `trunk-steps.ts` and
 * `phone-steps.ts`.
 */
export function lineStep(rules: LineRules, state: LineState, input: LineInput, nowMs: MonotonicMs): LineStep {
  if (input.type === 'opened') return opened(state);
  if (input.type === 'lost') return lost(state, input.text);
  if (input.type === 'event' && input.happening.type === 'alarm') return alarm(rules, state, input.happening.text);
  if (input.type === 'event' && input.happening.type === 'clear') return state.name === 'blocked' ? go(idle, null, tell({ type: 'clear' }), tell({ type: 'free' })) : stay(state);
  if (state.name === 'closed' || state.name === 'blocked') return refused(state, input);
  return rules.kind === 'trunk' ? trunkStep(rules, state, input, nowMs) : phoneStep(state, input);
}

/** A fresh device is on-hook: whatever the one before it was in has ended. */
function opened(state: LineState): LineStep {
  const before = lost(state, 'the device was opened anew');
  return go(idle, null, ...(state.name === 'closed' ? [] : before.effects.filter(({ type }) => type === 'tell')), tell({ type: 'opened' }), tell({ type: 'free' }));
}

function lost(state: LineState, text: string): LineStep {
  if (state.name === 'closed') return stay(state);
  return go({ name: 'closed' }, null, ...ending(state, text), tell({ type: 'lost', text }));
}

function alarm({ kind }: LineRules, state: LineState, text: string): LineStep {
  if (state.name === 'closed') return stay(state);
  if (state.name === 'blocked') return { state: { name: 'blocked', text }, effects: [] };
  // The device goes on with what it was told last when it is well again.
  const rings = state.name === 'ringing' && kind === 'phone' ? [command({ type: 'stop-ringing' })] : [];
  const off = isOffHook(state) ? [command({ type: 'release' })] : rings;
  return go({ name: 'blocked', text }, null, ...off, ...ending(state, text), tell({ type: 'blocked', text }));
}

const isOffHook = (state: LineState): boolean => state.name === 'seized' || state.name === 'dialling' || state.name === 'talking';

/** What the user of the line is told of its sudden end. */
function ending(state: LineState, text: string) {
  if (state.name === 'ringing') return [tell({ type: 'gave-up', offered: state.offered })];
  if (state.name === 'dialling' || (state.name === 'seized' && state.for === 'call')) return [tell({ type: 'call-failed', why: 'device' })];
  return isOffHook(state) ? [tell({ type: 'ended', by: 'failure', sign: null, text })] : [];
}

/** Nobody can use it; who asks is told. */
function refused(state: LineState, input: LineInput): LineStep {
  return input.type === 'call' ? { state, effects: [tell({ type: 'call-failed', why: 'in-use' })] } : stay(state);
}
