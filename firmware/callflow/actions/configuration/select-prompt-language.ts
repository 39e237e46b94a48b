import * as v from 'valibot';
import { languages } from '../../language/languages.ts';
import type { ActionKind } from '../action.ts';
import { result } from '../action.ts';

const schema = v.strictObject({
  language: v.pipe(
    v.string(),
    v.maxLength(64),
    v.description(`Code of the language (${languages.map(({ code }) => code).join(', ')}), or a variable that holds one; of a locale such as de-DE the language counts. What is no language of the unit changes nothing.`),
  ),
});
type SelectLanguageWith = v.InferOutput<typeof schema>;

export const selectPromptLanguage: ActionKind<SelectLanguageWith, never> = {
  name: 'Select Prompt Language',
  group: 'Configuration',
  about: "From here on the caller hears the unit's prompts, texts that are spoken, and recorded prompts named NAME.LANGUAGE in this language. $LOC holds it.",
  schema,
  results: () => [{ name: 'Next', about: 'The language is chosen, or there is none by this code.' }],
  waits: false,
  begin: ({ expand }, { language }) => {
    const wanted = expand(language).trim().toLowerCase().split(/[-_]/)[0];
    const code = languages.find((one) => one.code === wanted)?.code;
    return code === undefined ? result('Next') : result('Next', { LOC: code });
  },
  step: () => result('Next'),
  example: { with: { language: 'de' }, results: { Next: 'menu' } },
};
