import { german } from './de/german.ts';
import { english } from './en/english.ts';
import type { Language } from './language.ts';

/** Every language the product speaks. The first one answers where a configured language is missing. */
export const languages: readonly [Language, ...Language[]] = [english, german];

/** By BCP 47 tag: 'de' and 'de-AT' both find German. Null if it is not spoken. */
export function findLanguage(tag: string): Language | null {
  const primary = tag.toLowerCase().split('-', 1)[0];
  return languages.find((language) => language.code === primary) ?? null;
}
