import type { Language } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';

/** What a phrase is to somebody who reads it. Recordings stand in brackets. */
export function phraseWords(phrase: Phrase, language: Language): string {
  const texts = (ids: readonly (keyof Language['catalogue'])[]): string => ids.map((id) => language.catalogue[id] ?? `[${id}]`).join(' ');
  if ('say' in phrase) return texts([phrase.say]);
  if ('digits' in phrase) return phrase.digits === '' ? '' : [...phrase.digits].join(' ');
  if ('number' in phrase) return String(phrase.number);
  if ('dateTime' in phrase) return `[${new Date(phrase.dateTime).toISOString()}]`;
  if ('clock' in phrase) return phrase.withDate ? '[date and time]' : '[time]';
  if ('count' in phrase) return texts(language.messageCount(phrase.count, phrase.of));
  if ('durationMs' in phrase) return `[${Math.round(phrase.durationMs / 1000)} s, spoken]`;
  if ('beep' in phrase) return '[beep]';
  if ('tone' in phrase) return '[tone]';
  if ('pauseMs' in phrase) return '';
  if ('message' in phrase) return '[message]';
  if ('greetingOf' in phrase) return orElse(`greeting of ${phrase.greetingOf}`, phrase.orElse, language);
  if ('recordedGreeting' in phrase) return orElse(`greeting of ${phrase.of} (${phrase.recordedGreeting})`, phrase.orElse, language);
  if ('draft' in phrase) return orElse('what was just recorded', phrase.orElse, language);
  if ('nameOf' in phrase) return orElse(`name of ${phrase.nameOf}`, phrase.orElse, language);
  if ('recorded' in phrase) return orElse(`prompt ${phrase.recorded}`, phrase.orElse, language);
  if ('recording' in phrase) return '[recording]';
  return 'speak' in phrase ? phrase.speak : '[greeting just recorded]';
}

function orElse(what: string, phrases: readonly Phrase[], language: Language): string {
  return phrases.length === 0 ? `[${what}]` : `[${what}, or: ${wordsOf(phrases, language)}]`;
}

/** Of all, in one line. */
export const wordsOf = (phrases: readonly Phrase[], language: Language): string => phrases.map((phrase) => phraseWords(phrase, language)).filter((words) => words !== '').join(' ');
