import type { Clock, Timer } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Speech } from '../../hal/speech.ts';
import type { Log } from '../log.ts';
import { Serial } from '../mailbox/serial.ts';

/** What is longer is cut at a space. */
export const mostSpokenCharacters = 1000;
/** Texts that may wait for their turn; one more is not spoken. */
export const mostWaiting = 8;
export const cacheBytes = 2 * 1024 * 1024;
/** Without a text for so long, the synthesiser's memory is given back. */
export const restAfterMs = 60_000;
/** A text may take so long for each 250 characters begun. */
const limitMs = 5000;
const limitCharacters = 250;

export interface SpeechDeskParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly speech: Speech;
}

/**
 * Texts of flows as audio: one at a time for the whole unit, a few waiting, and what was spoken lately kept. A language without a voice on this
 * machine is not spoken at all (a text read in another language's voice cannot be understood), and that is told once.
 */
export class SpeechDesk {
  readonly #parts: SpeechDeskParts;
  readonly #serial = new Serial();
  /** By language and text, the one that was wanted longest ago first. */
  readonly #cache = new Map<string, Uint8Array>();
  readonly #underWay = new Map<string, Promise<Uint8Array | null>>();
  readonly #told = new Set<string>();
  #cachedBytes = 0;
  #rest: Timer | null = null;

  constructor(parts: SpeechDeskParts) {
    this.#parts = parts;
  }

  /** 8 kHz µ-law; null = it could not be spoken, and the log says why. */
  async speak(text: string, language: string): Promise<Uint8Array | null> {
    const said = shortened(text.replaceAll(/\s+/g, ' ').trim());
    if (said === '') return null;
    const key = `${language}\n${said}`;
    const kept = this.#cache.get(key);
    if (kept !== undefined) return this.#keep(key, kept);
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#underWay.size > mostWaiting) return this.#failed(new HalError('busy', 'speech', `${mostWaiting} texts wait already`), language);
    const spoken = this.#serial.run(() => this.#speak(key, said, language)).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, spoken);
    return spoken;
  }

  get facts(): { readonly cachedBytes: number; readonly texts: number } {
    return { cachedBytes: this.#cachedBytes, texts: this.#cache.size };
  }

  stop(): void {
    this.#rest?.cancel();
    this.#rest = null;
    this.#parts.speech.rest();
  }

  async #speak(key: string, text: string, language: string): Promise<Uint8Array | null> {
    const { clock, speech } = this.#parts;
    this.#rest?.cancel();
    try {
      return this.#keep(key, await speech.speak(text, language, limitMs * Math.ceil(text.length / limitCharacters)));
    } catch (error) {
      return this.#failed(error, language);
    } finally {
      this.#rest = clock.after('speech rests', restAfterMs, () => speech.rest());
    }
  }

  #keep(key: string, audio: Uint8Array): Uint8Array {
    this.#forget(key);
    this.#cache.set(key, audio);
    this.#cachedBytes += audio.length;
    for (const oldest of this.#cache.keys()) {
      if (this.#cachedBytes <= cacheBytes) break;
      this.#forget(oldest);
    }
    return audio;
  }

  #forget(key: string): void {
    this.#cachedBytes -= this.#cache.get(key)?.length ?? 0;
    this.#cache.delete(key);
  }

  #failed(error: unknown, language: string): null {
    if (!(error instanceof HalError)) throw error;
    const unsupported = error.id === 'unsupported';
    if (unsupported && this.#told.has(language)) return null;
    if (unsupported) this.#told.add(language);
    const text = unsupported ? `Texts of call flows are not spoken in "${language}": ${error.message}` : `A text of a call flow was not spoken: ${error.message}`;
    this.#parts.log.write(unsupported ? 'alert' : 'warning', unsupported ? 'no-voice' : 'not-spoken', text, { language });
    return null;
  }
}

function shortened(text: string): string {
  if (text.length <= mostSpokenCharacters) return text;
  const cut = text.lastIndexOf(' ', mostSpokenCharacters);
  return text.slice(0, cut > 0 ? cut : mostSpokenCharacters);
}
