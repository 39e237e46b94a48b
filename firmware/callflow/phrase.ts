import type { WallMs } from '../../hal/clock.ts';
import type { PlayItem } from '../media/media-protocol.ts';
import type { Language, PromptId } from './language/language.ts';
import { promptKey } from './language/language.ts';

/** Something to be heard, before a language has put it into prompts. */
export type Phrase =
  | { readonly say: PromptId }
  | { readonly digits: string }
  | { readonly number: number }
  | { readonly dateTime: WallMs }
  | { readonly count: 'new' | 'old' | 'saved'; readonly of: number }
  | { readonly beep: true }
  | { readonly pauseMs: number }
  /** The body of a stored message. */
  | { readonly message: { readonly mailbox: string; readonly id: string } }
  /** The owner's recorded greeting if there is one, else these phrases. */
  | { readonly greetingOf: string; readonly orElse: readonly Phrase[] }
  /** The greeting recorded in this call and not yet saved. */
  | { readonly pendingGreeting: true };

export const say = (...ids: PromptId[]): Phrase[] => ids.map((id) => ({ say: id }));

/** The record tone: 1,000 Hz for 400 ms at -10 dBm0. */
export const beep: PlayItem = { kind: 'tone', hz: 1000, ms: 400, levelDbm0: -10 };

/** Resolves the phrases that are stored audio; null = nothing there (the phrase is left out). */
export interface StoredAudio {
  message(mailbox: string, id: string): PlayItem | null;
  greeting(mailbox: string): PlayItem | null;
  pendingGreeting(): PlayItem | null;
}

export interface SpeechContext {
  readonly language: Language;
  readonly timeZone: string;
  readonly nowMs: WallMs;
  readonly audio: StoredAudio;
}

/** Turns phrases into what a media port plays, in order. */
export function renderPhrases(phrases: readonly Phrase[], context: SpeechContext): PlayItem[] {
  return phrases.flatMap((phrase) => renderPhrase(phrase, context));
}

function renderPhrase(phrase: Phrase, context: SpeechContext): PlayItem[] {
  const { language, audio } = context;
  if ('say' in phrase) return spoken(language, [phrase.say]);
  if ('digits' in phrase) return spoken(language, language.digits(phrase.digits));
  if ('number' in phrase) return spoken(language, language.number(phrase.number));
  if ('dateTime' in phrase) return spoken(language, language.dateTime(phrase.dateTime, context.timeZone, context.nowMs));
  if ('count' in phrase) return spoken(language, language.messageCount(phrase.count, phrase.of));
  if ('beep' in phrase) return [beep];
  if ('pauseMs' in phrase) return [{ kind: 'silence', ms: phrase.pauseMs }];
  if ('message' in phrase) return present(audio.message(phrase.message.mailbox, phrase.message.id));
  if ('pendingGreeting' in phrase) return present(audio.pendingGreeting());
  const greeting = audio.greeting(phrase.greetingOf);
  return greeting === null ? renderPhrases(phrase.orElse, context) : [greeting];
}

const spoken = (language: Language, ids: readonly PromptId[]): PlayItem[] =>
  ids.map((id) => ({ kind: 'prompt', id: promptKey(language.code, id) }));

const present = (item: PlayItem | null): PlayItem[] => (item === null ? [] : [item]);
