import type { Clock } from '../clock.ts';
import { HalError } from '../errors.ts';
import { ulawEncode } from '../g711.ts';
import type { Speech } from '../speech.ts';

export interface SimSpeechOptions {
  readonly languages?: readonly string[];
  /** Until a text is spoken. */
  readonly tookMs?: number;
}

/** Whistles: each character is 60 ms of a tone of its own, so that the same text is the same audio and another one is not. */
export class SimSpeech implements Speech {
  /** Texts that were spoken, in order. */
  readonly spoken: string[] = [];
  /** How often its memory was given back. */
  rests = 0;
  /** Set by a test: the next texts fail so. */
  fails: HalError | null = null;
  tookMs: number;
  readonly #clock: Clock;
  readonly #languages: readonly string[];
  #closed: ((error: HalError) => void) | null = null;

  constructor(clock: Clock, { languages = ['en'], tookMs = 200 }: SimSpeechOptions = {}) {
    this.#clock = clock;
    this.#languages = languages;
    this.tookMs = tookMs;
  }

  speak(text: string, language: string, limitMs: number): Promise<Uint8Array> {
    if (this.#closed !== null) return Promise.reject(new HalError('busy', 'speech', 'another text is being spoken'));
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after('speech', Math.min(this.tookMs, limitMs), () => {
        this.#closed = null;
        const refusal = this.fails ?? this.#refusal(text, language, limitMs);
        if (refusal !== null) return reject(refusal);
        this.spoken.push(text);
        resolve(whistled(text));
      });
      this.#closed = (error) => {
        timer.cancel();
        reject(error);
      };
    });
  }

  rest(): void {
    this.rests += 1;
    this.#closed?.(new HalError('closed', 'speech', 'the synthesiser was put to rest'));
    this.#closed = null;
  }

  #refusal(text: string, language: string, limitMs: number): HalError | null {
    if (!this.#languages.includes(language)) return new HalError('unsupported', 'speech', `there is no voice for "${language}"`);
    if (text.trim() === '') return new HalError('io', 'speech', 'there is nothing to be heard in that text');
    return this.tookMs >= limitMs ? new HalError('timed-out', 'speech', `not spoken within ${limitMs} ms`) : null;
  }
}

const characterBytes = 480;

function whistled(text: string): Uint8Array {
  const audio = new Uint8Array(text.length * characterBytes);
  for (let at = 0; at < audio.length; at++) {
    const hz = 400 + (text.charCodeAt(Math.floor(at / characterBytes)) % 64) * 30;
    audio[at] = ulawEncode[32_768 + Math.round(4000 * Math.sin((2 * Math.PI * hz * at) / 8000))] ?? 0xff;
  }
  return audio;
}
