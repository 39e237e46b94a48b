import type { Exchange } from './exchange.ts';
import { dialTones } from './tone-list.ts';
import type { VoicePath } from './voice-path.ts';

const dialToneMs = 400;
const digitMs = 100;

/** Dials: waits for the dial tone, then sends the digits. */
export class Dialler {
  readonly #exchange: Exchange;
  readonly #voice: VoicePath;
  readonly #later: (ms: number, act: () => void) => void;
  #call = 0;
  #busy = false;

  constructor(exchange: Exchange, voice: VoicePath, later: (ms: number, act: () => void) => void) {
    this.#exchange = exchange;
    this.#voice = voice;
    this.#later = later;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** `done`: whether there was a dial tone, and the digits are out. Not called after `abort`. */
  dial(number: string, done: (dialled: boolean) => void): void {
    const call = ++this.#call;
    this.#busy = true;
    const end = (dialled: boolean): void => {
      if (call !== this.#call) return;
      this.#busy = false;
      done(dialled);
    };
    this.#later(dialToneMs, () => {
      if (call !== this.#call) return;
      // Within a call nobody waits for a dial tone.
      if (this.#exchange.state === 'calling' && !this.#exchange.hasDialTone) return end(false);
      this.#exchange.flashes += number.split('!').length - 1;
      this.#send(number, () => end(true));
    });
  }

  abort(): void {
    this.#call++;
    this.#busy = false;
    this.#voice.stop();
  }

  #send(number: string, done: () => void): void {
    const tones = dialTones(number, digitMs);
    this.#voice.dialling = true;
    if (tones.length === 0) done();
    else this.#voice.play(tones, done);
  }
}
