import type { DigitEntry } from '../../digit-entry.ts';
import { enterDigit, entryPatienceMs, interDigitMs, noDigits } from '../../digit-entry.ts';
import type { FlowEffect, FlowInput } from '../../flow.ts';
import type { Phrase } from '../../phrase.ts';

/** The name of the wait for keys. */
const wait = 'keyed-number';

export type KeyedStep =
  | { readonly kind: 'more'; readonly entry: DigitEntry; readonly effects: readonly FlowEffect[] }
  | { readonly kind: 'keyed'; readonly digits: string }
  /** Nothing came. */
  | { readonly kind: 'timeout' };

/** The caller is asked, and keys are taken while they hear it. */
export const askForKeys = (phrases: readonly Phrase[], entry = noDigits): Extract<KeyedStep, { kind: 'more' }> => ({
  kind: 'more', entry, effects: [{ type: 'play', phrases, bargeIn: true }],
});

/** Digits ended by '#' or a pause; '*' begins again. null = the input means nothing. */
export function keyedStep(entry: DigitEntry, input: FlowInput): KeyedStep | null {
  if (input.type === 'digit') {
    const step = enterDigit(entry, input.digit);
    return step.kind === 'complete' ? { kind: 'keyed', digits: step.digits } : { kind: 'more', entry: step.entry, effects: [{ type: 'timer', name: wait, ms: interDigitMs }] };
  }
  if (input.type === 'played') return { kind: 'more', entry, effects: [{ type: 'timer', name: wait, ms: entryPatienceMs }] };
  if (input.type === 'hung-up') return { kind: 'timeout' };
  if (input.type !== 'timer' || input.name !== wait) return null;
  return entry.digits === '' ? { kind: 'timeout' } : { kind: 'keyed', digits: entry.digits };
}

/** As an effect: nobody waits for keys any more. */
export const noMoreKeys: FlowEffect = { type: 'cancel-timer', name: wait };
