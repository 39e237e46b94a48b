import * as v from 'valibot';
import type { ActionKind } from '../action.ts';
import { result } from '../action.ts';

const schema = v.strictObject({
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(1000), v.description('What is said, 1,000 characters at most. Variables are filled in.')),
});
type SpeakTextWith = v.InferOutput<typeof schema>;

interface SpeakTextState {
  readonly at: 'speaking';
}

export const speakText: ActionKind<SpeakTextWith, SpeakTextState> = {
  name: 'Speak Text',
  group: 'Basic',
  about:
    "Says a text in the unit's own voice, in the language of the call. English is spoken by every unit; other languages where the machine has espeak-ng, and else not at all, which an alarm tells once. What was spoken lately is kept, so the first caller waits longer than the next.",
  schema,
  results: () => [{ name: 'Next', about: 'The text is heard, a key cut it short, or it cannot be spoken.' }],
  waits: false,
  begin: ({ expand }, { text }) => ({ to: 'state', state: { at: 'speaking' }, effects: [{ type: 'play', phrases: [{ speak: expand(text).slice(0, 1000), orElse: [] }], bargeIn: true }] }),
  step: (_context, _settings, state, input) => (['played', 'digit', 'hung-up'].includes(input.type) ? result('Next') : { to: 'state', state, effects: [] }),
  example: { with: { text: 'You have called from $CLI.' }, results: { Next: 'menu' } },
};
