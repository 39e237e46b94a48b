import * as v from 'valibot';
import type { HandOver, HandOverState } from '../../hand-over.ts';
import { beginHandOver } from '../../hand-over.ts';
import type { ActionContext, ActionKind } from '../action.ts';
import { calledResults, calledStep, callingKeys, callTo, destinationKey, destinationOf } from './calling-out.ts';

const schema = v.strictObject({
  destination: destinationKey,
  playRecording: v.optional(v.pipe(v.boolean(), v.description('Who answers hears what the caller has said before ($RES of a Voice Question or Listen).')), true),
  autoAccept: v.optional(v.pipe(v.boolean(), v.description('The call is theirs without a key, once they have heard it; there is no result Reject then.')), false),
  ...callingKeys,
});
type WhisperWith = v.InferOutput<typeof schema>;

export const whisper: ActionKind<WhisperWith, HandOverState> = {
  name: 'Whisper',
  group: 'Telephony',
  about: 'Calls a number and plays there what the caller has said: key 1 takes the call, any other refuses it. The caller waits.',
  schema,
  results: ({ autoAccept }) => (autoAccept ? calledResults : [...calledResults, { name: 'Reject', about: 'Who answered pressed another key than 1, or hung up.' }]),
  waits: true,
  begin: (context, settings) => beginHandOver(wish(context, settings)),
  step: (context, settings, state, input) => calledStep(wish(context, settings), state, input, (hand) => hand, settings.autoAccept ? 'Busy' : 'Reject'),
  example: { with: { destination: '300', autoAccept: false }, results: { Reject: 'leave a message', 'No Answer': 'leave a message', Busy: 'leave a message' } },
};

function wish(context: ActionContext, settings: WhisperWith): HandOver {
  const { playRecording, autoAccept, destination } = settings;
  const recording = playRecording ? (context.variables['RES'] ?? '') || null : null;
  return callTo(context, settings, destinationOf(context, destination), 'assisted', { recording, autoAccept });
}
