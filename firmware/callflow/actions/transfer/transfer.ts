import * as v from 'valibot';
import { beginHandOver, handOverStep } from '../../hand-over.ts';
import type { HandOverState } from '../../hand-over.ts';
import type { ActionKind } from '../action.ts';
import { calledResults, callingKeys, callTo, destinationKey, destinationOf, stepOf } from './calling-out.ts';

const schema = v.strictObject({ destination: destinationKey, ...callingKeys });
type TransferWith = v.InferOutput<typeof schema>;

/** Blind: whoever is called has the caller, whatever comes. */
export const transfer: ActionKind<TransferWith, HandOverState> = {
  name: 'Transfer',
  group: 'Telephony',
  about: 'Sends the caller to a number, by the PBX (REFER) or, where it refuses, by a call of the unit. The flow is over then; a call that comes back is a new call. At the number of a queue of this unit the caller waits in it, with the priority that is said.',
  schema,
  results: () => calledResults.filter(({ name }) => name !== 'Next'),
  waits: true,
  begin: (context, settings) => {
    const hand = callTo(context, settings, destinationOf(context, settings.destination), 'blind');
    const { to, priority } = hand.ask;
    return context.settings.queues.some(({ number }) => number === to) ? { to: 'queue', queue: to, priority } : beginHandOver(hand);
  },
  step: (context, settings, state, input) => {
    const step = handOverStep(callTo(context, settings, destinationOf(context, settings.destination), 'blind'), state, input);
    if (step.to === 'end' && (step.end === 'talked' || step.end === 'gone')) return { to: 'hang-up', text: 'the caller was handed over' };
    return stepOf(step, (hand) => hand);
  },
  example: { with: { destination: '300', priority: 'High' }, results: { Busy: 'leave a message', 'No Answer': 'leave a message', Failure: 'leave a message' } },
};
