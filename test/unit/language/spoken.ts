import type { Language, PromptId } from '../../../firmware/callflow/language/language.ts';
import { languages } from '../../../firmware/callflow/language/languages.ts';

/** What a listener hears, as words. Fails on an id that the language has no text for. */
export function spoken(language: Language, ids: readonly PromptId[]): string {
  return ids.map((id) => textOf(language, id)).join(' ');
}

export function textOf(language: Language, id: PromptId): string {
  const text = language.catalogue[id];
  if (text === undefined) throw new Error(`${language.code} has no text for ${id}`);
  return text;
}

export function languageCalled(code: string): Language {
  const language = languages.find((one) => one.code === code);
  if (language === undefined) throw new Error(`no language ${code}`);
  return language;
}
