import type { FlowEffect, FlowInput, StoreEffect } from '../flow.ts';
import { isAnswer } from '../flow.ts';
import type { Underway } from './document-state.ts';
import { nothingUnderway } from './document-state.ts';

/** `input` is about to be told. */
export function afterInput(underway: Underway, input: FlowInput): Underway {
  if (isAnswer(input)) return { ...underway, answers: Math.max(0, underway.answers - 1) };
  if (input.type === 'played' || input.type === 'unplayable') return { ...underway, plays: false };
  if (input.type === 'digit' && underway.bargeIn) return { ...underway, plays: false };
  if (input.type === 'recorded') return { ...underway, records: false };
  if (input.type === 'timer') return { ...underway, waits: underway.waits.filter((name) => name !== input.name) };
  return underway;
}

/** `effects` are about to be carried out. */
export const afterEffects = (underway: Underway, effects: readonly FlowEffect[]): Underway => effects.reduce(afterEffect, underway);

function afterEffect(underway: Underway, effect: FlowEffect): Underway {
  switch (effect.type) {
    case 'play':
      return { ...underway, plays: true, bargeIn: effect.bargeIn, records: underway.records || effect.then !== undefined };
    case 'stop-play':
      return { ...underway, plays: false };
    case 'record':
      return { ...underway, records: true };
    case 'timer':
      return { ...underway, waits: [...underway.waits.filter((name) => name !== effect.name), effect.name] };
    case 'cancel-timer':
      return { ...underway, waits: underway.waits.filter((name) => name !== effect.name) };
    case 'seek':
    case 'pause':
    case 'speed':
    case 'stop-record':
    case 'hang-up':
    case 'become-collect':
    case 'become-queue':
    case 'speak-language':
    case 'done':
      return underway;
    default:
      // An effect that nothing answers and that is not above would keep a call for ever: the compiler names it.
      effect satisfies StoreEffect;
      return { ...underway, answers: underway.answers + 1 };
  }
}

/** What a node leaves behind is ended before the next one begins; answers that it did not wait for are still to come. */
export function ended(underway: Underway): { readonly underway: Underway; readonly effects: readonly FlowEffect[] } {
  return {
    underway: { ...nothingUnderway, answers: underway.answers },
    effects: [
      ...(underway.plays ? [{ type: 'stop-play' } as const] : []),
      ...(underway.records ? [{ type: 'stop-record' } as const] : []),
      ...underway.waits.map((name) => ({ type: 'cancel-timer', name }) as const),
    ],
  };
}

/** Whether an input of the store, of the unit, or of the recorder is still to come. */
export const isAwaited = ({ answers: count, records }: Underway): boolean => count > 0 || records;

/** What an action is told in place of plays that nobody is there to hear: that they are over, or that what was to be recorded after one never began. */
export function afterUnheard(effects: readonly FlowEffect[]): FlowInput {
  const records = effects.some((effect) => effect.type === 'play' && effect.then !== undefined);
  return records ? { type: 'recorded', end: 'stopped', recordedMs: 0, trailingSilenceMs: 0 } : { type: 'played' };
}
