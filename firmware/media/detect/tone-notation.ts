/**
 * Tones of the telephone network in the notation that tables of them use: segments parted by commas, each frequencies and a time.
 *
 *     480+620/500,0/500     two tones for 500 ms, silence for 500 ms, again and again
 *     350+440               without end
 *     400*16/1000,0/2000    400 Hz whose loudness swings 16 times a second
 *     !350+440/100,!0/100,350+440      what is marked ! sounds once; the rest repeats
 */
export interface Sine {
  readonly hz: number;
  /** Of its loudness; 0 = steady. */
  readonly swingHz: number;
}

export interface ToneSegment {
  /** None = silence. */
  readonly sines: readonly Sine[];
  /** Infinity = without end. */
  readonly ms: number;
}

export interface TonePattern {
  /** Sounds once, then `repeated` again and again, or silence if there is none. */
  readonly once: readonly ToneSegment[];
  readonly repeated: readonly ToneSegment[];
}

/** A tone in words that mean nothing: place and remedy are in the message. */
export class ToneNotationError extends Error {
  override readonly name = 'ToneNotationError';
}

export const maxSegments = 32;
export const maxSines = 4;
const maxMs = 600_000;
const highestHz = 3900;

/** Reads a tone. Throws `ToneNotationError`. */
export function parseTone(text: string): TonePattern {
  const words = text.split(',').map((word) => word.trim());
  if (words.length > maxSegments) throw new ToneNotationError(`'${text}' has ${words.length} segments; ${maxSegments} is the most`);
  const firstRepeated = words.findIndex((word) => !word.startsWith('!'));
  const late = firstRepeated < 0 ? undefined : words.slice(firstRepeated).find((word) => word.startsWith('!'));
  if (late !== undefined) throw new ToneNotationError(`'${late}' in '${text}': what sounds once (!) stands before what repeats`);
  const segments = words.map((word) => parseSegment(word.replace(/^!/, ''), text));
  const endless = segments.findIndex((segment) => segment.ms === Infinity);
  if (endless >= 0 && endless < segments.length - 1) {
    throw new ToneNotationError(`'${words[endless] ?? ''}' in '${text}' has no time and is not the last: give it one, as in 425/500`);
  }
  const parted = firstRepeated < 0 ? segments.length : firstRepeated;
  return { once: segments.slice(0, parted), repeated: segments.slice(parted) };
}

function parseSegment(word: string, text: string): ToneSegment {
  const match = /^([0-9.+*]+)(?:\/([0-9]+))?$/.exec(word);
  if (match === null) throw new ToneNotationError(`'${word}' in '${text}' is no segment: write frequencies and milliseconds, as in 480+620/500`);
  const ms = match[2] === undefined ? Infinity : Number(match[2]);
  if (ms < 10 || (ms > maxMs && ms !== Infinity)) throw new ToneNotationError(`'${word}' in '${text}': a time is 10 to ${maxMs} ms`);
  const frequencies = match[1] ?? '';
  if (frequencies === '0') return { sines: [], ms };
  const sines = frequencies.split('+').map((part) => parseSine(part, word, text));
  if (sines.length > maxSines) throw new ToneNotationError(`'${word}' in '${text}': at most ${maxSines} tones sound at once`);
  return { sines, ms };
}

function parseSine(part: string, word: string, text: string): Sine {
  const [hz, swingHz, ...more] = part.split('*').map(Number);
  if (hz === undefined || !(hz >= 10 && hz <= highestHz)) throw new ToneNotationError(`'${word}' in '${text}': a frequency is 10 to ${highestHz} Hz`);
  if (more.length > 0 || (swingHz !== undefined && !(swingHz >= 1 && swingHz <= 100))) {
    throw new ToneNotationError(`'${word}' in '${text}': after * stands one frequency of 1 to 100 Hz`);
  }
  return { hz, swingHz: swingHz ?? 0 };
}
