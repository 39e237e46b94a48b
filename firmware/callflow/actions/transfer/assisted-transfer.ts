import * as v from 'valibot';
import { beginHandOver } from '../../hand-over.ts';
import type { HandOverState } from '../../hand-over.ts';
import type { ActionKind } from '../action.ts';
import { calledResults, calledStep, callingKeys, callTo, destinationKey, destinationOf } from './calling-out.ts';

const schema = v.strictObject({ destination: destinationKey, ...callingKeys });
type AssistedWith = v.InferOutput<typeof schema>;

export const assistedTransfer: ActionKind<AssistedWith, HandOverState> = {
  name: 'Assisted Transfer',
  group: 'Telephony',
  about: 'Calls a number while the caller waits, and brings the two together when somebody answers. Else the call comes back to the flow.',
  schema,
  results: () => calledResults,
  waits: true,
  begin: (context, settings) => beginHandOver(callTo(context, settings, destinationOf(context, settings.destination), 'assisted')),
  step: (context, settings, state, input) => calledStep(callTo(context, settings, destinationOf(context, settings.destination), 'assisted'), state, input, (hand) => hand),
  example: { with: { destination: '$KEY', ringSec: 15, hold: 'music' }, results: { 'No Answer': 'leave a message', Busy: 'leave a message', Failure: 'operator' } },
};
