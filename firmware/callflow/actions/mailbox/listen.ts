import * as v from 'valibot';
import type { ActionKind } from '../action.ts';
import type { RecordedState } from './recorded.ts';
import { beginRecorded, concernedBy, mailboxesIn, planOf, recordedStep, recordingKeys, recordingResults } from './recorded.ts';

const schema = v.strictObject(recordingKeys);
type ListenWith = v.InferOutput<typeof schema>;

export const listen: ActionKind<ListenWith, RecordedState> = {
  name: 'Listen',
  group: 'Mailbox',
  about: 'Records the caller after a tone: a message for a mailbox, or a recording of the call that Whisper plays, eMail sends, and the prompt $RES plays back.',
  schema,
  results: () => recordingResults,
  waits: true,
  begin: (context, settings) => beginRecorded(planOf(context, settings, [[]])),
  step: (context, settings, state, input) => recordedStep(planOf(context, settings, [[]]), state, input),
  references: ({ to }) => ({ mailboxes: mailboxesIn(to) }),
  concerns: (context, { to }) => concernedBy(context, to),
  example: { with: { to: 'call', maxSec: 20 }, results: { Next: 'announce', Failure: 'operator' } },
};
