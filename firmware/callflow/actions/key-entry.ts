import type { FlowInput } from '../flow.ts';
import type { ActionStep } from './action.ts';

/** Keys that the caller presses for an action: ended by '#', or by a pause after the last one. */
export interface KeyEntry {
  readonly pressed: string;
}

/** Longer entries are cut. */
const mostKeys = 64;
/** So long after the last key an entry is over. */
const interKeyMs = 5000;
const wait = 'key-entry';

export type KeyOutcome = { readonly keys: string } | 'timeout';

/** Waits for the first key. */
export const awaitKeys = (timeoutSec: number): ActionStep<KeyEntry> => ({ to: 'state', state: { pressed: '' }, effects: [{ type: 'timer', name: wait, ms: Math.round(timeoutSec * 1000) }] });

/** `over`: what was keyed, or that nothing was. */
export function keyEntryStep(state: KeyEntry, input: FlowInput, over: (outcome: KeyOutcome) => ActionStep<KeyEntry>): ActionStep<KeyEntry> {
  const { pressed } = state;
  if (input.type === 'digit') {
    if (input.digit === '#' && pressed !== '') return over({ keys: pressed });
    const next = (pressed + input.digit).slice(0, mostKeys);
    return { to: 'state', state: { pressed: next }, effects: [{ type: 'timer', name: wait, ms: interKeyMs }] };
  }
  if (input.type === 'hung-up' || (input.type === 'timer' && input.name === wait)) return over(pressed === '' ? 'timeout' : { keys: pressed });
  return { to: 'state', state, effects: [] };
}
