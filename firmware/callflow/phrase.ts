import type { WallMs } from '../../hal/clock.ts';
import type { GreetingKind } from '../mailbox/owner-choices.ts';
import type { DiversionReason } from '../sip/leg.ts';
import type { PlayItem } from '../media/media-protocol.ts';
import type { Language, PromptId } from './language/language.ts';
import { promptKey } from './language/language.ts';

/** What a greeting is chosen by. `queued`: the caller waits for a group, for the first time or again. */
export interface GreetedCall {
  readonly reason: DiversionReason;
  /** null = not known: neither the internal nor the external greeting. */
  readonly internal: boolean | null;
  readonly queued?: 'queued' | 'still-queued';
}

/** Something to be heard, before a language has put it into prompts. */
export type Phrase =
  | { readonly say: PromptId }
  | { readonly digits: string }
  | { readonly number: number }
  | { readonly dateTime: WallMs }
  /** A time of day, after its date or alone. */
  | { readonly clock: WallMs; readonly withDate: boolean }
  | { readonly count: 'new' | 'old' | 'saved'; readonly of: number }
  /** In minutes and seconds. */
  | { readonly durationMs: number }
  | { readonly beep: true }
  | { readonly pauseMs: number }
  /** One sine, or two (`second` 0 = one). */
  | { readonly tone: { readonly hz: number; readonly second: number; readonly ms: number; readonly levelDbm0: number } }
  /** The body of a stored message. */
  | { readonly message: { readonly mailbox: string; readonly id: string } }
  /** The owner's recorded greeting for such a call if there is one, else these phrases. `for`: left out, this call. */
  | { readonly greetingOf: string; readonly for?: GreetedCall; readonly orElse: readonly Phrase[] }
  /** The recording of that very kind, whether it is in use or not. */
  | { readonly recordedGreeting: GreetingKind; readonly of: string; readonly orElse: readonly Phrase[] }
  /** What was recorded in the draft of this call. */
  | { readonly draft: true; readonly orElse: readonly Phrase[] }
  /** The greeting recorded in this call and not yet saved. */
  | { readonly pendingGreeting: true }
  /** The owner's recorded name if there is one, else these phrases. */
  | { readonly nameOf: string; readonly orElse: readonly Phrase[] }
  /** A recorded prompt of the site, by name; without it, these phrases. */
  | { readonly recorded: string; readonly orElse: readonly Phrase[] }
  /** What was recorded in this call (VoiceMail Pro's $RES); without it nothing. */
  | { readonly recording: string; readonly orElse: readonly Phrase[] }
  /** Any text, spoken by the unit itself. */
  | { readonly speak: string; readonly orElse: readonly Phrase[] };

/** Phrases of audio that has to be opened, or made, before it can play. */
export type OpenedPhrase = Extract<Phrase, { readonly orElse: readonly Phrase[] } | { readonly pendingGreeting: true }>;
export const isOpened = (phrase: Phrase): phrase is OpenedPhrase => 'orElse' in phrase || 'pendingGreeting' in phrase;

/** Phrases that can be played at once. */
export type PhraseAtHand = Exclude<Phrase, OpenedPhrase | { readonly message: unknown }>;

export const say = (...ids: PromptId[]): Phrase[] => ids.map((id) => ({ say: id }));

/** The record tone: 1,000 Hz for 400 ms at -10 dBm0. */
export const beep: PlayItem = { kind: 'tone', hz: 1000, ms: 400, levelDbm0: -10 };

/** Resolves the phrases that are stored audio; null = nothing there (the phrase is left out). */
export interface StoredAudio {
  message(mailbox: string, id: string): PlayItem | null;
  /** What was opened for the phrase. */
  opened(phrase: OpenedPhrase): PlayItem | null;
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
  if ('clock' in phrase) return spoken(language, language.clock(phrase.clock, context.timeZone, phrase.withDate));
  if ('count' in phrase) return spoken(language, language.messageCount(phrase.count, phrase.of));
  if ('durationMs' in phrase) return spoken(language, language.duration(phrase.durationMs));
  if ('beep' in phrase) return [beep];
  if ('pauseMs' in phrase) return [{ kind: 'silence', ms: phrase.pauseMs }];
  if ('tone' in phrase) return [{ kind: 'tone', ...phrase.tone }];
  if ('message' in phrase) return present(audio.message(phrase.message.mailbox, phrase.message.id));
  const opened = audio.opened(phrase);
  if (opened !== null || 'pendingGreeting' in phrase) return present(opened);
  return renderPhrases(phrase.orElse, context);
}

const spoken = (language: Language, ids: readonly PromptId[]): PlayItem[] =>
  ids.map((id) => ({ kind: 'prompt', id: promptKey(language.code, id) }));

const present = (item: PlayItem | null): PlayItem[] => (item === null ? [] : [item]);
