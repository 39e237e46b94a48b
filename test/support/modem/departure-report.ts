import type { Departure, Exchange } from './exchange.ts';
import type { VoicePath } from './voice-path.ts';

const toneFoundMs = 1000;
const toneAgainMs = 4000;

/** How the modem tells that the far end has gone: a tone after a second, and again every four; never while it plays, when it cannot hear. */
export class DepartureReport {
  readonly #exchange: Exchange;
  readonly #voice: VoicePath;
  readonly #later: (ms: number, act: () => void) => void;
  readonly #event: (letter: string) => void;

  constructor(exchange: Exchange, voice: VoicePath, later: (ms: number, act: () => void) => void, event: (letter: string) => void) {
    this.#exchange = exchange;
    this.#voice = voice;
    this.#later = later;
    this.#event = event;
  }

  tell(how: Departure): void {
    if (how === 'loop') this.#event('l');
    else if (how !== 'nothing') this.#later(toneFoundMs, () => this.#tone(how === 'busy' ? 'b' : 'd'));
  }

  #tone(letter: string): void {
    if (this.#exchange.state !== 'gone') return;
    const plays = this.#voice.mode === 'transmit';
    if (!plays) this.#event(letter);
    this.#later(plays ? toneFoundMs : toneAgainMs, () => this.#tone(letter));
  }
}
