import * as v from 'valibot';
import { promptsSchema } from '../../document/flow-document.ts';
import type { ActionContext, ActionKind } from '../action.ts';
import type { TakePlan } from '../../recording/take.ts';
import type { RecordedState } from './recorded.ts';
import { beginRecorded, concernedBy, mailboxesIn, planOf, recordedStep, recordingKeys, recordingResults } from './recorded.ts';

export const mostQuestions = 20;

const schema = v.strictObject({
  ...recordingKeys,
  questions: v.pipe(v.array(promptsSchema), v.minLength(1), v.maxLength(mostQuestions), v.description('The prompts of each question, in the order in which they are asked.')),
});
type VoiceQuestionWith = v.InferOutput<typeof schema>;

/** A piece for each question; the longest recording and the silence are those of an answer. */
const questionsPlan = (context: ActionContext, settings: VoiceQuestionWith): TakePlan | null =>
  planOf(context, settings, settings.questions.map((question) => context.phrases(question)));

export const voiceQuestion: ActionKind<VoiceQuestionWith, RecordedState> = {
  name: 'Voice Question',
  group: 'Mailbox',
  about: 'Asks questions one after another and records the answers, each after a tone. All answers together are one message, or one recording of the call. Who hangs up in the middle leaves what was answered.',
  schema,
  results: () => recordingResults,
  waits: true,
  begin: (context, settings) => beginRecorded(questionsPlan(context, settings)),
  step: (context, settings, state, input) => recordedStep(questionsPlan(context, settings), state, input),
  references: ({ to }) => ({ mailboxes: mailboxesIn(to) }),
  concerns: (context, { to }) => concernedBy(context, to),
  example: { with: { to: '201', questions: [[{ speak: 'Please say your name.' }], [{ speak: 'Please say your address.' }]], endKeys: '#1' }, results: { Next: 'thanks', Failure: 'operator' } },
};
