/** What a line says by itself, without a session: tones to a telephone that is lifted (or down a trunk, for a test). */
import { encodeTable } from '../../../hal/g711.ts';
import type { LineCapabilities } from '../../../hal/line.ts';
import { frameSamples } from '../audio-format.ts';
import { ToneGenerator } from '../detect/tone-generator.ts';
import { parseTone } from '../detect/tone-notation.ts';
import type { TonePattern } from '../detect/tone-notation.ts';
import { zonePattern } from '../detect/tone-zones.ts';
import type { LineCommand, LineSettings } from '../media-protocol.ts';

export type StationTone = NonNullable<Extract<LineCommand, { type: 'tone' }>['tone']>;

/** The calling tone of a fax (ITU-T T.30), the same everywhere. */
const faxCalling = parseTone('1100/500,0/3000');
const fallbackZone = 'us';
/** A telephone that lies off-hook is to be heard across the room; G.711 carries +3. */
const howlerDbm0 = 0;

export class LineVoice {
  readonly #zone: string;
  readonly #generator = new ToneGenerator();
  #encode = encodeTable('PCMU');

  constructor({ zone }: LineSettings) {
    this.#zone = zone;
  }

  /** A line was opened. */
  open({ law }: LineCapabilities): void {
    this.#encode = encodeTable(law);
    this.#generator.stop();
  }

  /** Another tone from now on; null = none. */
  tone(tone: StationTone | null): void {
    if (tone === null) this.#generator.stop();
    else this.#generator.begin(this.#patternOf(tone), tone === 'howler' ? howlerDbm0 : undefined);
  }

  /** 20 ms of the tone into out[0..160); false = there is none. */
  say(out: Uint8Array): boolean {
    if (this.#generator.done) return false;
    this.#generator.fill(out, 0, frameSamples, this.#encode);
    return true;
  }

  #patternOf(tone: StationTone): TonePattern {
    if (tone === 'fax') return faxCalling;
    return zonePattern(this.#zone, tone) ?? zonePattern(fallbackZone, tone) ?? faxCalling;
  }
}
