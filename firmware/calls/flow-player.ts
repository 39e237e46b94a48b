import type { GreetedCall, OpenedPhrase, Phrase, StoredAudio } from '../callflow/phrase.ts';
import { isOpened, renderPhrases } from '../callflow/phrase.ts';
import type { PlayItem } from '../media/media-protocol.ts';
import type { FlowServices } from './flow-services.ts';
import type { AudioSource, MediaChannel, RecordWish } from './media-channel.ts';
import { audioOfMessage } from './stored-audio.ts';

/** What a call has that may be played. */
export interface PlayedCall {
  /** The greeting recorded and not yet saved; null = none. */
  readonly pendingGreeting: () => Promise<AudioSource | null>;
  /** What was recorded in the draft of the call; null = nothing. */
  readonly draft: () => Promise<AudioSource | null>;
  /** What the greeting is chosen by; null = the standard one. */
  readonly greeted: () => GreetedCall | null;
}

export interface FlowPlayerParts {
  readonly services: FlowServices;
  readonly channel: MediaChannel;
  /** Left out: nothing is recorded in the call, and greetings are the standard ones. */
  readonly call?: PlayedCall;
  /** To begin with; null = the unit's. */
  readonly language: string | null;
}

const nothingOfACall: PlayedCall = { pendingGreeting: async () => null, draft: async () => null, greeted: () => null };
type MessagePhrase = Extract<Phrase, { readonly message: unknown }>;

/** Plays a flow's phrases on its channel, in the language of whom the flow serves. */
export class FlowPlayer {
  readonly #parts: FlowPlayerParts;
  /** null = the unit's. */
  language: string | null;
  /** Counts plays, so that greetings opened for one that is over are closed unheard. */
  #play = 0;
  #bargeIn = false;

  constructor(parts: FlowPlayerParts) {
    this.#parts = parts;
    this.language = parts.language;
  }

  /** `fromMs`: where to begin in stored audio that stands alone. `then`: as `MediaChannel.play`, of phrases that are at hand. */
  play(phrases: readonly Phrase[], bargeIn: boolean, fromMs = 0, then?: RecordWish): void {
    const mine = ++this.#play;
    this.#bargeIn = bargeIn;
    const begin = (items: readonly PlayItem[]): void => {
      this.#parts.channel.play(items, bargeIn, then);
      if (fromMs > 0 && items.length === 1 && items[0]?.kind === 'stream') this.#parts.channel.seek(fromMs);
    };
    const wanted = phrases.filter(isOpened);
    const messages = phrases.filter((phrase) => 'message' in phrase);
    if (wanted.length + messages.length === 0) return begin(this.#render(phrases, new Map(), new Map()));
    void Promise.all([this.#open(wanted), this.#find(messages)]).then(([opened, found]) => {
      if (mine === this.#play) return begin(this.#render(phrases, opened, found));
      opened.forEach((source) => void source?.close());
    });
  }

  /** A key was pressed: what plays ends, unless it is not to be broken into. */
  bargeIn(): void {
    if (this.#bargeIn) this.silence();
  }

  silence(): void {
    this.#play += 1;
    this.#bargeIn = false;
    this.#parts.channel.stopPlay();
  }

  /** What cannot be read or made is as good as none. */
  async #open(wanted: readonly OpenedPhrase[]): Promise<Map<OpenedPhrase, AudioSource | null>> {
    const open = (phrase: OpenedPhrase): Promise<AudioSource | null> => this.#source(phrase).catch(() => null);
    return new Map(await Promise.all(wanted.map(async (phrase) => [phrase, await open(phrase)] as const)));
  }

  /** What cannot be found now is as good as gone. */
  async #find(wanted: readonly MessagePhrase[]): Promise<Map<string, PlayItem | null>> {
    const { services, channel } = this.#parts;
    const find = ({ message: { mailbox, id } }: MessagePhrase): Promise<PlayItem | null> => audioOfMessage(services.store, channel, mailbox, id).catch(() => null);
    return new Map(await Promise.all(wanted.map(async (phrase) => [phrase.message.id, await find(phrase)] as const)));
  }

  #source(phrase: OpenedPhrase): Promise<AudioSource | null> {
    const { services, call = nothingOfACall } = this.#parts;
    const { greetings, voice } = services;
    if ('greetingOf' in phrase) return greetings.current(phrase.greetingOf, phrase.for ?? call.greeted() ?? undefined);
    if ('recordedGreeting' in phrase) return greetings.recorded(phrase.of, phrase.recordedGreeting);
    if ('draft' in phrase) return call.draft();
    if ('nameOf' in phrase) return greetings.recorded(phrase.nameOf, 'name');
    if ('pendingGreeting' in phrase) return call.pendingGreeting();
    if ('recorded' in phrase) return voice.prompt(phrase.recorded, services.language(this.language).code);
    if ('recording' in phrase) return voice.recording(phrase.recording);
    return voice.speak(phrase.speak, services.language(this.language).code);
  }

  #render(phrases: readonly Phrase[], opened: ReadonlyMap<OpenedPhrase, AudioSource | null>, found: ReadonlyMap<string, PlayItem | null>): PlayItem[] {
    const { services, channel } = this.#parts;
    const audio: StoredAudio = {
      message: (_, id) => found.get(id) ?? null,
      opened: (phrase) => {
        const source = opened.get(phrase) ?? null;
        return source === null ? null : channel.stream(source.codec, source.bytes, async () => source);
      },
    };
    const { settings, clock, language } = services;
    return renderPhrases(phrases, { language: language(this.language), timeZone: settings().unit.timeZone, nowMs: clock.wall(), audio });
  }
}
